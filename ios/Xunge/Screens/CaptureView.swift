// The capture: from the top down in the order in which a worker does it; the button to hand in is always in reach.
import SwiftUI
import XungeKit

struct CaptureView: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        if state.isSent {
            Page(words(.captureSentTitle)) {
                Line(words(.captureSent), role: .title, isBold: true)
                Line(words(.reportCode, state.content?.code ?? ""))
            } foot: {
                Tap(words(.commonDone), role: .primary, isBig: true) { send(.done) }
            }
        } else {
            Page(words(.captureTitle)) {
                CapturePictures(state: state, send: send)
                CapturePlace(state: state, send: send)
                CaptureWhat(state: state, send: send)
                CaptureVoice(state: state, send: send)
                CapturePeople(state: state, send: send)
                CaptureMore(state: state, send: send)
                Tap(
                    words(state.isDiscarding ? .captureDiscardSure : .captureDiscard),
                    role: state.isDiscarding ? .care : .plain
                ) {
                    send(.discard)
                }
                Line(words(.commonSaved), role: .small, isQuiet: true)
            } foot: {
                CaptureFoot(state: state, send: send)
            }
        }
    }
}

/// Pictures: the camera first.
private struct CapturePictures: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        Card {
            Heading(words(.capturePictures))
            ForEach(state.pictures) { picture in
                Picture(bytes: picture.bytes, name: words.named("role", picture.role))
                Tap(
                    words(.captureRemove),
                    label: "\(words(.captureRemove)) \(words.named("role", picture.role))"
                ) {
                    send(.remove(picture.id))
                }
            }
            Tap(words(.captureTake), role: .primary) { send(.takePicture(.scene)) }
            Tap(words(.capturePick)) { send(.pickPicture) }
            Trouble(trouble: state.trouble)
            if state.isClockBack { Line(words(.captureClockBack), isCare: true) }
        }
    }
}

/// Where: measured from the first moment, the grid named or asked.
private struct CapturePlace: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        Card {
            Heading(words(.capturePlace))
            Line(words.measuring(state.measuring))
            if state.measuring.isOff {
                Line(words(.captureLocationOff), isCare: true)
                Tap(words(.captureLocationOpen)) { send(.openSettings(.location)) }
            }
            if state.measuring.isRefused {
                Line(words(.captureLocationRefused), isCare: true)
                Tap(words(.captureLocationAllow)) { send(.openSettings(.app)) }
            }
            if state.content?.grid != nil {
                Line(words(.captureGrid, state.gridName), isBold: true)
            } else if state.gridChoices.isEmpty {
                Line(words(.captureGridNone))
            } else {
                Line(words(.captureGridAsk), isBold: true)
                ForEach(state.gridChoices) { grid in Tap(grid.name) { send(.grid(grid.id)) } }
            }
            if let text = state.content?.placeText, !text.isEmpty { Line(text) }
            Tap(words(.capturePlaceChoose)) { send(.choosePlace) }
        }
    }
}

/// What it is: category, its own fields, words.
private struct CaptureWhat: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        Card {
            Heading(words(.captureCategory))
            if let category = state.category { Line(category.name, isBold: true) }
            Tap(words(.captureCategoryChoose), role: state.category == nil ? .primary : .plain) {
                send(.chooseCategory)
            }
            if let category = state.category {
                ForEach(category.fields, id: \.id) { field in
                    AnswerField(
                        field: field, answer: state.content?.answers[field.id],
                        suggested: state.suggested.first { $0.field == field.id }?.answer
                    ) { send(.answer(field.id, $0)) }
                }
            }
            Entry(words(.captureWords), text: state.content?.description ?? "") { send(.words($0)) }
            if state.hintCount > 0 { Tap(words(.captureHint)) { send(.hints) } }
        }
    }
}

/// A voice note: one big button.
private struct CaptureVoice: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        Card {
            Heading(words(.captureVoice))
            if let lengthMs = state.recordingMs {
                Tap(words(.captureVoiceStop, lengthMs / 1_000), role: .care, isBig: true) {
                    send(.stopRecording)
                }
            } else {
                Tap(words(.captureVoiceStart), role: .primary, isBig: true) { send(.record) }
            }
            ForEach(state.voiceNotes) { note in
                Tap(
                    state.playing == note.id
                        ? words(.captureVoicePlayStop) : words(.captureVoicePlay, note.durationMs / 1_000)
                ) {
                    send(.play(note.id))
                }
                Tap(words(.captureRemove), label: "\(words(.captureRemove)) \(words(.captureVoice))") {
                    send(.remove(note.id))
                }
            }
        }
    }
}

/// People concerned: hidden until somebody taps.
private struct CapturePeople: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        Card {
            Heading(words(.capturePeople))
            ForEach(state.people) { person in
                Line(
                    state.arePeopleShown
                        ? "\(words.named("part", person.part)) \(person.name) \(person.telephone ?? "")"
                        : "\(words.named("part", person.part)) \(words(.capturePersonHidden))"
                ).privacySensitive()
                Tap(
                    words(.captureRemove),
                    label: "\(words(.captureRemove)) \(words.named("part", person.part))"
                ) {
                    send(.removePerson(person.id))
                }
            }
            if !state.people.isEmpty {
                Tap(words(state.arePeopleShown ? .capturePersonHide : .capturePersonShow)) {
                    send(.showPeople)
                }
            }
            Entry(words(.capturePersonName), text: state.newPerson.name) { send(.personName($0)) }
            Entry(words(.capturePersonTelephone), text: state.newPerson.telephone) {
                send(.personTelephone($0))
            }
            if !state.newPerson.name.isEmpty {
                Tap("\(words(.capturePersonSave)) · \(words(.partInformant))") {
                    send(.addPerson(.informant))
                }
                Tap("\(words(.capturePersonSave)) · \(words(.partParty))") { send(.addPerson(.party)) }
            }
        }
    }
}

/// Urgency, source, settling on the spot.
private struct CaptureMore: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        Choice(text: words(.captureUrgent), isOn: state.content?.urgency == .urgent) { send(.urgent($0)) }
        Tap(words(.captureMore)) { send(.more) }
        if state.isMoreShown {
            Heading(words(.captureSource))
            ForEach(CaptureState.sources, id: \.self) { source in
                Tap(words.named("source", source), role: state.content?.source == source ? .chosen : .plain) {
                    send(.source(source))
                }
            }
        }
        Tap(words(.captureSettle), role: state.isSettling ? .chosen : .plain) { send(.settling) }
        if state.isSettling {
            Entry(words(.captureResult), text: state.content?.result ?? "") { send(.result($0)) }
            Tap(words(.captureResultPicture)) { send(.takePicture(.after)) }
        }
    }
}

private struct CaptureFoot: View {
    @Environment(\.words) private var words
    let state: CaptureState
    let send: @MainActor (CaptureEvent) -> Void

    var body: some View {
        if !state.problems.isEmpty { Line(words(.captureMissing), isBold: true, isCare: true) }
        Trouble(failure: state.failure, problems: state.problems)
        if state.isSettling {
            Tap(words(.captureSettleSend), role: .primary, isBig: true) { send(.settle) }.disabled(
                state.isBusy)
        } else {
            Tap(words(.captureSubmit), role: .primary, isBig: true) { send(.submit) }.disabled(state.isBusy)
        }
    }
}
