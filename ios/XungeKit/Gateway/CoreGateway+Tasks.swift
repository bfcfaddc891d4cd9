// Tasks, news, and what one tap makes of the day's work.
import Foundation
import XungeCore

extension CoreGateway {
    /// What is asked of this person, what is late first.
    public func tasks() async throws -> [TaskView] { try await device("tasks") { try $0.tasks() } }

    /// What this person was not told yet, the earliest first.
    public func news() async throws -> [NewsItem] { try await device("news") { try $0.news() } }

    public func told(_ ids: [Int64]) async throws { try await device("told") { try $0.told(ids: ids) } }

    /// What this person did on a day (`2026-11-22`; nil: today).
    public func dayLog(_ day: String?) async throws -> DayLog {
        try await device("day_log") { try $0.dayLog(day: day) }
    }

    /// What became of a matter, without anybody's data.
    public func receiptCard(_ report: ReportId) async throws -> ReceiptCard {
        try await device("receipt_card") { try $0.receiptCard(report: report) }
    }

    /// The picture as a JPEG without metadata, every region pixelated beyond recognition.
    public func blur(_ picture: Data, _ regions: [Region]) async throws -> Data {
        try await phone("blur_picture", .media) { _ in try blurPicture(bytes: picture, regions: regions) }
    }

    /// The phone's log: no names, words, positions, numbers of people or tokens.
    public func log() async throws -> String { try await phone("log") { try $0.log() } }

    /// Says that a place need not be visited up to and with a day, and why.
    public func excuse(_ place: String, reason: String, until day: String, claim: PlaceClaim?) async throws {
        try await device("excuse") { try $0.excuse(place: place, reason: reason, until: day, claim: claim) }
    }

    /// What lies around a position, in metres east and north of it.
    public func map(around centre: Position, radiusM: Double, period: String? = nil) async throws -> MapScene
    {
        try await device("map", .media) {
            try $0.map(query: MapQuery(centre: centre, radiusM: radiusM, period: period))
        }
    }

    /// The coverage of every grid in scope, what was not seen for longest first.
    public func coverageRows(period: String?) async throws -> [CoverageRow] {
        try await device("coverage_rows", .media) { try $0.coverageRows(period: period) }
    }

    /// A grid's coverage as PNG.
    public func coveragePicture(_ grid: UnitId, period: String?, longSidePx: UInt32) async throws -> Data {
        try await device("coverage_picture", .media) {
            try $0.coveragePicture(grid: grid, period: period, longSidePx: longSidePx)
        }
    }

    /// The next request of the next photo that waits, for the system to send while the app sleeps.
    public func nextUpload(isMetered: Bool) async throws -> UploadHandOver? {
        try await device("next_upload", .media) { try $0.nextUpload(isMetered: isMetered) }
    }

    /// What the system was answered; true where the server has the file, whole and verified.
    public func uploadAnswered(
        _ blob: BlobHash, status: UInt16?, headers: [HttpHeader], body: Data
    ) async throws -> Bool {
        try await device("upload_answered", .media) {
            try $0.uploadAnswered(blob: blob, status: status, headers: headers, body: body)
        }
    }
}
