// Lists of reports, page by page.
import Foundation
import Observation
import XungeCore

public struct ReportsState: Equatable, Sendable {
    public var tab: Tab = .mine
    public var rows: [ReportRow] = []
    /// What was begun and not handed in.
    public var drafts: [DraftRow] = []
    /// Thumbnails by blob, as far as they are on this phone.
    public var thumbnails: [BlobHash: Data] = [:]
    public var hasMore = false
    public var isLoading = false
    public var failure: Failure?
}

public enum ReportsEvent: Sendable {
    case appeared
    case tab(Tab)
    case more
    case open(ReportId)
    case goOn(ReportId)
}

@MainActor @Observable
public final class ReportsViewModel: ScreenModel {
    public private(set) var state = ReportsState()
    public static let appeared = ReportsEvent.appeared
    public static let tabs: [Tab] = [.mine, .todo, .open, .finished, .all]
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private var next: PageKey?
    private static let pageRows: UInt32 = 50

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: ReportsEvent) async {
        switch event {
        case .appeared: await load(after: nil)
        case .tab(let tab):
            state.tab = tab
            state.rows = []
            await load(after: nil)
        case .more: if let next { await load(after: next) }
        case .open(let report): shell.go(.report(report))
        case .goOn(let draft): shell.go(.capture(draft))
        }
    }

    private func load(after key: PageKey?) async {
        let tab = state.tab
        state.isLoading = true
        defer { state.isLoading = false }
        do {
            let page = try await shell.gateway.reports(tab, after: key, limit: Self.pageRows)
            guard tab == state.tab else { return }
            if key == nil { state.drafts = tab == .mine ? try await shell.gateway.drafts() : [] }
            state.rows = key == nil ? page.items : state.rows + page.items
            next = page.next
            state.hasMore = page.next != nil
            for blob in page.items.compactMap(\.thumbnail) where state.thumbnails[blob] == nil {
                state.thumbnails[blob] = try await shell.gateway.attachmentBytes(blob)
            }
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }
}
