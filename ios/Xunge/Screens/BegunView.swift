// Acts on a report: their buttons, and the one that was begun and waits for its reason, words or level.
import SwiftUI
import XungeKit

/// The acts that may be done now, each a button; `title` tells them apart from those of other reports on the screen.
struct ActButtons: View {
    @Environment(\.words) private var words
    let kinds: [ActionKind]
    /// The act that the next tap confirms.
    var confirming: ActionKind?
    var title: String?
    let begin: @MainActor (ActionKind) -> Void

    var body: some View {
        ForEach(kinds, id: \.self) { kind in
            let isSure = kind == confirming
            let name = isSure ? words(.reportWithdrawSure) : words.named("action", kind)
            Tap(
                name, role: isSure ? .care : kind == .approve ? .primary : .plain,
                label: title.map { "\(name) \($0)" }
            ) {
                begin(kind)
            }
        }
    }
}

/// An act that was begun: sentences to tap, words or a voice note, or the level, and the button that sends it.
struct BegunCard: View {
    @Environment(\.words) private var words
    let begun: Begun
    let send: @MainActor (BegunEvent) -> Void

    var body: some View {
        Card {
            Line(begun.row.title, isBold: true)
            Heading(begun.kind == .return ? words(.decisionsWhy) : words.named("action", begun.kind))
            switch Acts.way(of: begun.kind) {
            case .level: levels
            case .reason, .words: said
            case .atOnce, nil: EmptyView()
            }
            Tap(words(.commonCancel)) { send(.cancel) }
        }
    }

    @ViewBuilder private var levels: some View {
        Line(words(.reportToLevel))
        ForEach(begun.levels, id: \.self) { level in
            Tap(words.named("level", level), role: .primary) { send(.send(.passUp(to: level))) }
        }
    }

    @ViewBuilder private var said: some View {
        ForEach(Array(begun.phrases.enumerated()), id: \.offset) { item in
            let text = words.phrase(item.element)
            Tap(text, role: begun.isChosen(item.element, text) ? .chosen : .plain) {
                send(.choose(item.element, text))
            }
        }
        Entry(words(.decisionsWords), text: begun.text) { send(.say($0)) }
        if let lengthMs = begun.recordingMs {
            Tap(words(.captureVoiceStop, lengthMs / 1_000), role: .care) { send(.stopRecording) }
        } else if begun.voice != nil {
            Line(words(.roleReturn), role: .small)
        } else if Acts.way(of: begun.kind) == .reason {
            Tap(words(.captureVoiceStart)) { send(.record) }
        }
        Tap(
            begun.kind == .return ? words(.decisionsReturnSend) : words.named("action", begun.kind),
            role: .primary
        ) {
            send(.send(nil))
        }
        .disabled(!begun.isSaid)
    }
}
