// The chief's cards.
import SwiftUI
import XungeKit

struct DecisionsView: View {
    @Environment(\.words) private var words
    let state: DecisionsState
    let send: @MainActor (DecisionsEvent) -> Void

    var body: some View {
        Page(words(.decisionsTitle)) {
            if let done = state.done {
                Line(words(.decisionsDone, words.named("action", done)), isBold: true)
            }
            Trouble(failure: state.failure, trouble: state.trouble)
            if state.cards.isEmpty { Line(words(.decisionsEmpty)) }
            ForEach(state.cards) { card in
                if state.returning == card.id {
                    ReturnForm(state: state, card: card, send: send)
                } else {
                    DecisionCardView(card: card, isOpened: state.opened == card.id, send: send)
                }
            }
            if !state.unsent.isEmpty {
                Heading(words(.decisionsUnsent))
                ForEach(state.unsent, id: \.report) { row in ReportLine(row: row) { send(.look(row.report)) }
                }
            }
        }
    }
}

private struct DecisionCardView: View {
    @Environment(\.words) private var words
    let card: DecisionCard
    let isOpened: Bool
    let send: @MainActor (DecisionsEvent) -> Void

    var body: some View {
        Card {
            Line(card.row.title, role: .title, isBold: true)
            Line(words(.decisionsFrom, card.row.reporterName), role: .small)
            if card.row.urgency == .urgent { Line(words(.reportsUrgent), isBold: true, isCare: true) }
            if card.row.isLate {
                Line(words(.decisionsLate), isCare: true)
            } else if let due = card.row.dueAt {
                Line(words(.decisionsClock, words.duration(due - Words.now())), isBold: true)
            }
            ForEach(Array(card.pictures.enumerated()), id: \.offset) {
                Picture(bytes: $0.element, name: card.row.title)
            }
            if card.missingPictures > 0 { Line(words(.decisionsPicturesMissing, card.missingPictures)) }
            if !card.words.isEmpty { Line(card.words) }
            Line("\(card.row.gridName) \(card.placeText)")
            if card.permitted.contains(.approve) {
                tap(words(.actionApprove), role: .primary) { send(.approve(card.id)) }
            }
            if card.permitted.contains(.return) { tap(words(.actionReturn)) { send(.returning(card.id)) } }
            tap(words(.decisionsLook)) { send(.look(card.id)) }
            tap(words(.decisionsMore)) { send(.more(card.id)) }
            if isOpened {
                if card.permitted.contains(.takeOn) { tap(words(.actionTakeOn)) { send(.takeOn(card.id)) } }
                if card.permitted.contains(.passUp) { tap(words(.actionPassUp)) { send(.passUp(card.id)) } }
            }
        }
    }

    private func tap(_ text: String, role: ButtonRoleName = .plain, action: @escaping @MainActor () -> Void)
        -> some View
    {
        Tap(text, role: role, label: "\(text) \(card.row.title)", action: action)
    }
}

/// Why it goes back: a chip, words, or a voice note.
private struct ReturnForm: View {
    @Environment(\.words) private var words
    let state: DecisionsState
    let card: DecisionCard
    let send: @MainActor (DecisionsEvent) -> Void

    var body: some View {
        Card {
            Line(card.row.title, isBold: true)
            Heading(words(.decisionsWhy))
            ForEach(
                state.phrases.compactMap { phrase in
                    phrase.code.map { (code: $0, text: words.phrase(phrase)) }
                }, id: \.code
            ) {
                chip in
                Tap(chip.text, role: state.reasonCode == chip.code ? .chosen : .plain) {
                    send(.reason(code: chip.code))
                }
            }
            Entry(words(.decisionsWords), text: state.reasonText) { send(.reasonText($0)) }
            if state.isRecording {
                Tap(words(.captureVoiceStop, 0), role: .care) { send(.stopRecording) }
            } else {
                Tap(words(.captureVoiceStart), role: state.reasonVoice == nil ? .plain : .chosen) {
                    send(.record)
                }
            }
            Tap(words(.decisionsReturnSend), role: .primary) { send(.sendReturn) }
            Tap(words(.commonCancel)) { send(.cancel) }
        }
    }
}
