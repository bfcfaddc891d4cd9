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
    /// Which card is being returned, and why.
    public var returning: ReportId?
    public var phrases: [Phrase] = []
    public var reasonCode: String?
    public var reasonText = ""
    /// The voice note that says why, in the report's attachments.
    public var reasonVoice: AttachmentId?
    public var isRecording = false
    /// Which card shows its other ways.
    public var opened: ReportId?
    public var done: ActionKind?
    public var trouble: Key?
    public var failure: Failure?
}

public enum DecisionsEvent: Sendable {
    case appeared
    case approve(ReportId)
    case returning(ReportId)
    case reason(code: String)
    case reasonText(String)
    case record
    case stopRecording
    case sendReturn
    case cancel
    case more(ReportId)
    case takeOn(ReportId)
    case passUp(ReportId)
    case look(ReportId)
}

@MainActor @Observable
public final class DecisionsViewModel: ScreenModel {
    public private(set) var state = DecisionsState()
    public static let appeared = DecisionsEvent.appeared
    @ObservationIgnored private let shell: Shell
    private static let cardsMax: UInt32 = 50

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: DecisionsEvent) async {
        switch event {
        case .appeared: await load()
        case .approve(let report): await decide(report, .approve, .approve)
        case .takeOn(let report): await decide(report, .takeOn, .takeOn)
        case .passUp(let report): await passUp(report)
        case .more(let report): state.opened = state.opened == report ? nil : report
        case .look(let report): shell.go(.report(report))
        case .returning, .reason, .reasonText, .record, .stopRecording, .sendReturn, .cancel:
            await handleReturn(event)
        }
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
            let blob = picture.path == nil ? picture.reference.thumbnail : picture.reference.blob
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

    private func decide(_ report: ReportId, _ action: Action, _ kind: ActionKind, reason: Reason? = nil) async
    {
        do {
            try await shell.gateway.decide(report, action, reason: reason)
            state.done = kind
            state.returning = nil
            state.opened = nil
            await load()
            shell.sendSoon()
        } catch {
            state.failure = Failure(error)
        }
    }

    /// One level up; the core names the level.
    private func passUp(_ report: ReportId) async {
        let level = state.cards.first { $0.id == report }?.row.level ?? .grid
        await decide(report, .passUp(to: level.above), .passUp)
    }
}

// Returning with a reason: a chip, words, or a voice note.
extension DecisionsViewModel {
    private func handleReturn(_ event: DecisionsEvent) async {
        switch event {
        case .returning(let report):
            state.returning = report
            state.phrases = shell.gateway.phrases(.return)
            clearReason()
        case .reason(let code): state.reasonCode = state.reasonCode == code ? nil : code
        case .reasonText(let text): state.reasonText = text
        case .record: await record()
        case .stopRecording: await stop()
        case .sendReturn: await sendReturn()
        case .cancel:
            state.returning = nil
            clearReason()
        default: return
        }
    }

    private func clearReason() {
        state.reasonCode = nil
        state.reasonText = ""
        state.reasonVoice = nil
        state.trouble = nil
    }

    private func sendReturn() async {
        guard let report = state.returning else { return }
        let reason = Reason(code: state.reasonCode, text: state.reasonText, voice: state.reasonVoice)
        await decide(report, .return, .return, reason: reason)
    }

    private func record() async {
        guard let report = state.returning else { return }
        switch await shell.platform.startRecording(report) {
        case .running: state.isRecording = true
        case .refused: state.trouble = .captureVoiceRefused
        case .failed: state.trouble = .captureVoiceFailed
        }
    }

    private func stop() async {
        guard let report = state.returning, state.isRecording else { return }
        state.isRecording = false
        guard let file = await shell.platform.stopRecording() else {
            state.trouble = .captureVoiceFailed
            return
        }
        do {
            state.reasonVoice = try await shell.gateway.addVoiceNote(report, file: file, role: .return)
            shell.inbox.clear(file)
        } catch {
            state.failure = Failure(error)
        }
    }
}

extension Level {
    /// One level up.
    var above: Level {
        switch self {
        case .grid: .village
        case .village: .township
        case .township, .county: .county
        }
    }
}
