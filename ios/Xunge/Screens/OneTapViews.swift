// One tap: the work log, the card for a resident. And what needs attention.
import SwiftUI
import XungeKit

struct DayLogView: View {
    @Environment(\.words) private var words
    let state: DayLogState
    let send: @MainActor (DayLogEvent) -> Void

    var body: some View {
        Page(words(.daylogTitle)) {
            Trouble(failure: state.failure)
            if let log = state.log {
                Heading(words.day(log.day))
                if log.lines.isEmpty { Line(words(.daylogEmpty)) }
                ForEach(Array(log.lines.enumerated()), id: \.offset) { item in
                    let text = words.language == .chinese ? item.element.zh : item.element.en
                    if let report = item.element.report {
                        Tap(text) { send(.open(report)) }
                    } else {
                        Line(text)
                    }
                }
            }
            Tap(words(.daylogBefore)) { send(.before) }
            if state.daysBack > 0 { Tap(words(.daylogAfter)) { send(.after) } }
            Line(words(.daylogMade), role: .small, isQuiet: true)
        } foot: {
            Tap(words(.daylogShareText), role: .primary) { send(.shareText(words.language)) }
            Tap(words(.daylogSharePicture)) { send(.sharePicture(words.language)) }
        }
    }
}

struct CardView: View {
    @Environment(\.words) private var words
    let state: CardState
    let send: @MainActor (CardEvent) -> Void

    var body: some View {
        Page(words(.cardTitle)) {
            Line(words(.cardIntro))
            Trouble(failure: state.failure)
            side(state.before, .cardBefore, isAfter: false)
            side(state.after, .cardAfter, isAfter: true)
            if let card = state.card {
                Card { ForEach(Array(words.card(card).enumerated()), id: \.offset) { Line($0.element) } }
            }
        } foot: {
            Tap(words(.cardShare), role: .primary) { send(.share(words)) }.disabled(state.card == nil)
        }
    }

    @ViewBuilder private func side(_ side: CardSide, _ title: Key, isAfter: Bool) -> some View {
        Heading(words(title))
        if side.picture == nil {
            Line(words(.cardNoPicture))
        } else {
            Coverable(bytes: side.picture, name: words(title)) { x, y in
                send(.cover(isAfter: isAfter, x: x, y: y))
            }
            if !side.regions.isEmpty {
                Line(words(.cardBlurred, side.regions.count))
                Tap(words(.cardClear), label: "\(words(.cardClear)) \(words(title))") {
                    send(.clear(isAfter: isAfter))
                }
            }
        }
    }
}

/// A picture whose nine parts can each be covered by a tap, so that no finger has to be exact.
private struct Coverable: View {
    @Environment(\.palette) private var palette
    let bytes: Data?
    let name: String
    let cover: @MainActor (Double, Double) -> Void

    var body: some View {
        Picture(bytes: bytes, name: name)
        VStack(spacing: 4) {
            ForEach([0, 1, 2], id: \.self) { row in
                HStack(spacing: 4) {
                    ForEach([0, 1, 2], id: \.self) { column in
                        Tap("■", label: "\(name) \(row + 1)-\(column + 1)") {
                            cover((Double(column) + 0.5) / 3, (Double(row) + 0.5) / 3)
                        }
                    }
                }
            }
        }
    }
}

struct AttentionView: View {
    @Environment(\.words) private var words
    let state: AttentionState
    let send: @MainActor (AttentionEvent) -> Void

    var body: some View {
        Page(words(.attentionTitle)) {
            Trouble(failure: state.failure)
            Line(words(state.items.isEmpty ? .attentionEmpty : .attentionIntro))
            ForEach(state.items, id: \.id) { item in
                Card {
                    Line("\(words.named("attention_what", item.what)) · \(item.code)", isBold: true)
                    Line(words.named("refusal", item.refusal), isCare: true)
                    Line(words.time(item.at), role: .small)
                    tap(.attentionOpen, item) { send(.open(item.report)) }
                    tap(.attentionShare, item) { send(.share(item.id)) }
                    tap(.attentionClear, item) { send(.clear(item.id)) }
                }
            }
        }
    }

    private func tap(_ key: Key, _ item: AttentionItem, action: @escaping @MainActor () -> Void) -> some View
    {
        Tap(words(key), label: "\(words(key)) \(item.code)", action: action)
    }
}
