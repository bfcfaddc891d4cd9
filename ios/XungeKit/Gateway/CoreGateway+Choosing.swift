// What a person chooses from: categories, grids, names of places, phrases.
import XungeCore

extension CoreGateway {
    public func recentCategories(_ limit: UInt32) async throws -> [CategoryTile] {
        try await device("recent_categories") { try $0.recentCategories(limit: limit) }
    }

    /// By Chinese, pinyin or its initials.
    public func searchCategories(_ text: String) async throws -> [CategoryTile] {
        try await device("search_categories") { try $0.searchCategories(text: text) }
    }

    /// What stands under a class; the top classes where `parent` is nil.
    public func categoryChildren(_ parent: CategoryId?) async throws -> [CategoryTile] {
        try await device("category_children") { try $0.categoryChildren(parent: parent) }
    }

    public func category(_ category: CategoryId?, version: UInt32) async throws -> Category? {
        guard let category else { return nil }
        return try await device("category") { try $0.category(category: category, version: version) }
    }

    /// What this person answered last time to fields that are empty now.
    public func suggestedAnswers(_ report: ReportId) async throws -> [SuggestedAnswer] {
        try await device("suggested_answers") { try $0.suggestedAnswers(report: report) }
    }

    /// The grids of this person's posts.
    public func grids() async throws -> [GridName] { try await device("own_grids") { try $0.ownGrids() } }

    /// The township's grids by what is typed; all where nothing is.
    public func grids(matching text: String) async throws -> [GridName] {
        try await device("search_grids") { try $0.searchGrids(text: text) }
    }

    /// The name of a unit; empty for none.
    public func unitName(_ unit: UnitId?) async throws -> String {
        guard let unit else { return "" }
        return try await device("unit_name") { try $0.unitName(unit: unit) }
    }

    /// Local names near a claim, the nearest first.
    public func nearbyNames(_ claim: PlaceClaim) async throws -> [NearbyName] {
        try await device("nearby_names") { try $0.nearbyNames(claim: claim) }
    }

    /// "Already reported? Add yours": the draft's words, pictures and voice notes go to the other report, and the draft ends.
    public func joinReport(_ draft: ReportId, into other: ReportId) async throws {
        try await device("join_report") { try $0.joinReport(draft: draft, into: other) }
    }

    /// 常用语 of an act. Reads nothing from the disk.
    public nonisolated func phrases(_ kind: ActionKind) -> [Phrase] { XungeCore.phrases(kind: kind) }
}
