// The chief's cards: what waits for him, all offline, and what he decided that is not sent yet.
import Foundation
import Observation
import XungeCore

/// A report that waits for a decision.
public struct DecisionCard: Equatable, Sendable, Identifiable {
    public var id: ReportId { row.report }
    public let row: ReportRow
    public let words: String
    public let placeText: String
    public let pictures: [Data]
    /// Pictures that have not arrived yet.
    public let missingPictures: Int
    /// What this person may do with it now.
    public let permitted: [ActionKind]
}

public struct DecisionsState: Equatable, Sendable {
    public var cards: [DecisionCard] = []
    /// Decided here and not sent yet.
    public var unsent: [ReportRow] = []
    /// The act on one of the cards that waits for its reason, words or level.
    public var begun: Begun?
    /// Which card shows its other ways.
    public var opened: ReportId?
    public var done: ActionKind?
    public var trouble: Key?
    public var failure: Failure?
}

public enum DecisionsEvent: Sendable {
    case appeared
    case begin(ReportId, ActionKind)
    case act(BegunEvent)
    case more(ReportId)
    case look(ReportId)
}

@MainActor @Observable
public final class DecisionsViewModel: ScreenModel {
    public private(set) var state = DecisionsState()
    public static let appeared = DecisionsEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored let beginning: Beginning
    private static let cardsMax: UInt32 = 50

    public init(_ shell: Shell) {
        self.shell = shell
        beginning = Beginning(shell)
        beginning.changed = { [weak self] in self?.state.begun = $0 }
        beginning.said = { [weak self] in self?.say($0, $1) }
        beginning.done = { [weak self] in await self?.decided($1) }
    }

    public func handle(_ event: DecisionsEvent) async {
        switch event {
        case .appeared: await load()
        case .begin(let report, let kind):
            if let card = state.cards.first(where: { $0.id == report }) {
                await beginning.begin(card.row, kind)
            }
        case .act(let event): await beginning.handle(event)
        case .more(let report): state.opened = state.opened == report ? nil : report
        case .look(let report): shell.go(.report(report))
        }
    }

    private func say(_ trouble: Key?, _ failure: Failure?) {
        state.trouble = trouble
        state.failure = failure
    }

    private func decided(_ kind: ActionKind) async {
        state.done = kind
        state.opened = nil
        await load()
    }

    private func load() async {
        do {
            let page = try await shell.gateway.reports(.todo, limit: Self.cardsMax).items
            var cards: [DecisionCard] = []
            for row in page where !row.isOwn {
                let card = try await card(row)
                if !Set(card.permitted).isDisjoint(with: Self.decisions) { cards.append(card) }
            }
            state.cards = cards
            let open = try await shell.gateway.reports(.all, limit: Self.cardsMax).items
            state.unsent = open.filter { !$0.isOwn && $0.pending != nil }
            state.failure = nil
            for card in cards { await beginning.goOn(card.row, card.permitted) }
        } catch {
            state.failure = Failure(error)
        }
    }

    private static let decisions: Set<ActionKind> = [.approve, .return, .takeOn, .passUp, .confirm]

    private func card(_ row: ReportRow) async throws -> DecisionCard {
        let detail = try await shell.gateway.report(row.report)
        var pictures: [Data] = []
        var missing = 0
        for picture in detail.attachments where picture.reference.kind == .picture {
            let blob = picture.isHere ? picture.reference.blob : picture.reference.thumbnail
            if let blob, let bytes = try await shell.gateway.attachmentBytes(blob) {
                pictures.append(bytes)
            } else {
                missing += 1
            }
        }
        return DecisionCard(
            row: row, words: detail.content?.description ?? "", placeText: detail.content?.placeText ?? "",
            pictures: pictures, missingPictures: missing, permitted: detail.permitted)
    }
}
