// Today's work log, written from work already done; and the card for a resident.
import Foundation
import Observation
import XungeCore

public struct DayLogState: Equatable, Sendable {
    public var log: DayLog?
    /// How many days before today.
    public var daysBack = 0
    public var failure: Failure?
}

public enum DayLogEvent: Sendable {
    case appeared
    case before
    case after
    case open(ReportId)
    case shareText(Words.Language)
    case sharePicture(Words.Language)
}

@MainActor @Observable
public final class DayLogViewModel: ScreenModel {
    public private(set) var state = DayLogState()
    public static let appeared = DayLogEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: DayLogEvent) async {
        switch event {
        case .appeared: break
        case .before: state.daysBack += 1
        case .after: state.daysBack = max(0, state.daysBack - 1)
        case .open(let report): return shell.go(.report(report))
        case .shareText(let language):
            if let log = state.log { await shell.platform.share(.text(text(log, language))) }
            return
        case .sharePicture(let language): return await sharePicture(language)
        }
        do {
            let day = state.daysBack == 0 ? nil : Words.day(after: -state.daysBack)
            state.log = try await shell.gateway.dayLog(day)
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func sharePicture(_ language: Words.Language) async {
        guard let log = state.log else { return }
        let lines = text(log, language).split(separator: "\n").map(String.init)
        if let drawing = await shell.platform.drawing(of: lines, pictures: []) {
            await shell.platform.share(.picture(drawing))
        }
    }

    private func text(_ log: DayLog, _ language: Words.Language) -> String {
        language == .chinese ? log.textZh : log.textEn
    }
}

/// A picture of the card, with what is covered on it.
public struct CardSide: Equatable, Sendable {
    /// As it is now, covered.
    public var picture: Data?
    /// As it was taken; never leaves the phone by this screen.
    var original: Data?
    public var regions: [Region] = []
}

public struct CardState: Equatable, Sendable {
    public var card: ReceiptCard?
    public var before = CardSide()
    public var after = CardSide()
    public var failure: Failure?
}

public enum CardEvent: Sendable {
    case appeared
    /// Covers what lies around a point, in parts of width and height.
    case cover(isAfter: Bool, x: Double, y: Double)
    /// Shows a picture as it was taken.
    case clear(isAfter: Bool)
    case share(Words)
}

@MainActor @Observable
public final class CardViewModel: ScreenModel {
    public private(set) var state = CardState()
    public static let appeared = CardEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let report: ReportId
    /// How much of a picture one tap covers, in parts of its width and height.
    private static let coverSide = 0.2

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        self.report = report
    }

    public func handle(_ event: CardEvent) async {
        do {
            switch event {
            case .appeared: try await load()
            case .cover(let isAfter, let x, let y): try await cover(isAfter ? \.after : \.before, x, y)
            case .clear(let isAfter):
                let side = isAfter ? \CardState.after : \.before
                state[keyPath: side].regions = []
                state[keyPath: side].picture = state[keyPath: side].original
            case .share(let words): await share(words)
            }
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func load() async throws {
        guard state.card == nil else { return }
        let card = try await shell.gateway.receiptCard(report)
        state.before.original = try await bytes(card.before.first)
        state.after.original = try await bytes(card.after.first)
        state.before.picture = state.before.original
        state.after.picture = state.after.original
        state.card = card
    }

    private func bytes(_ picture: CardPicture?) async throws -> Data? {
        guard let picture else { return nil }
        let blob = picture.isPresent ? picture.blob : picture.thumbnail
        guard let blob else { return nil }
        return try await shell.gateway.attachmentBytes(blob)
    }

    private func cover(_ side: WritableKeyPath<CardState, CardSide>, _ x: Double, _ y: Double) async throws {
        guard let original = state[keyPath: side].original else { return }
        let length = Self.coverSide
        let corner = { (middle: Double) in min(max(middle - length / 2, 0), 1 - length) }
        let regions =
            state[keyPath: side].regions + [Region(x: corner(x), y: corner(y), w: length, h: length)]
        let covered = try await shell.gateway.blur(original, regions)
        state[keyPath: side].regions = regions
        state[keyPath: side].picture = covered
    }

    private func share(_ words: Words) async {
        guard let card = state.card else { return }
        let pictures = [state.before.picture, state.after.picture].compactMap { $0 }
        if let drawing = await shell.platform.drawing(of: words.card(card), pictures: pictures) {
            await shell.platform.share(.picture(drawing))
        }
    }
}
