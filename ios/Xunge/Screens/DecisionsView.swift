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
                if let begun = state.begun, begun.row.report == card.id {
                    BegunCard(begun: begun) { send(.act($0)) }
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
            ActButtons(kinds: kinds([.approve, .return]), title: card.row.title) { send(.begin(card.id, $0)) }
            tap(words(.decisionsLook)) { send(.look(card.id)) }
            tap(words(.decisionsMore)) { send(.more(card.id)) }
            if isOpened {
                ActButtons(kinds: kinds([.takeOn, .passUp]), title: card.row.title) {
                    send(.begin(card.id, $0))
                }
            }
        }
    }

    private func kinds(_ wanted: [ActionKind]) -> [ActionKind] {
        Acts.offered(of: card.permitted.filter(wanted.contains))
    }

    private func tap(_ text: String, action: @escaping @MainActor () -> Void) -> some View {
        Tap(text, label: "\(text) \(card.row.title)", action: action)
    }
}
