// Choosing a category: the last ones, by search (pinyin initials too), or down the tree in big tiles.
import Observation
import XungeCore

public struct CategoryState: Equatable, Sendable {
    public var search = ""
    public var found: [CategoryTile] = []
    public var recent: [CategoryTile] = []
    public var tiles: [CategoryTile] = []
    /// The classes above the tiles, the top one first.
    public var way: [ReportCategory] = []
    public var failure: Failure?
}

public enum CategoryEvent: Sendable {
    case appeared
    case search(String)
    case choose(CategoryTile)
    case up
}

@MainActor @Observable
public final class CategoryViewModel: ScreenModel {
    public private(set) var state = CategoryState()
    public static let appeared = CategoryEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let report: ReportId
    private static let recentMax: UInt32 = 4

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        self.report = report
    }

    public func handle(_ event: CategoryEvent) async {
        do {
            try await take(event)
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func take(_ event: CategoryEvent) async throws {
        switch event {
        case .appeared:
            state.recent = try await shell.gateway.recentCategories(Self.recentMax)
            state.tiles = try await shell.gateway.categoryChildren(state.way.last?.id)
        case .search(let text):
            state.search = text
            let found = text.isEmpty ? [] : try await shell.gateway.searchCategories(text)
            if state.search == text { state.found = found }
        case .choose(let tile) where tile.hasChildren:
            state.way.append(tile.category)
            state.search = ""
            state.found = []
            state.tiles = try await shell.gateway.categoryChildren(tile.category.id)
        case .choose(let tile):
            let edit = FieldEdit.setCategory(category: tile.category.id, version: tile.category.version)
            try await shell.gateway.editDraft(report, [edit])
            shell.back()
        case .up:
            _ = state.way.popLast()
            state.tiles = try await shell.gateway.categoryChildren(state.way.last?.id)
        }
    }
}
