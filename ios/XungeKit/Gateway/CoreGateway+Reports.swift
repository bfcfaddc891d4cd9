// Lists, one report, and what may be done with it.
import Foundation
import XungeCore

extension CoreGateway {
    /// A page, the latest first; the first page where `after` is nil.
    public func reports(_ tab: Tab, after: PageKey? = nil, limit: UInt32 = 30) async throws -> ReportPage {
        try await device("reports") { try $0.reports(query: ListQuery(tab: tab, after: after, limit: limit)) }
    }

    public func reportCount(_ tab: Tab) async throws -> UInt32 {
        try await device("report_count") { try $0.reportCount(tab: tab) }
    }

    public func report(_ report: ReportId) async throws -> ReportDetail {
        try await device("report") { try $0.report(report: report) }
    }

    /// Writes fields of a report that was handed in.
    public func edit(_ report: ReportId, _ edits: [FieldEdit]) async throws {
        try await device("edit") { try $0.edit(report: report, edits: edits) }
    }

    public func addNote(_ report: ReportId, _ text: String) async throws {
        _ = try await device("add_note") { try $0.addNote(report: report, text: text) }
    }

    /// The acts of a kind that may be done now, ready to be decided: one for each level or unit that it may name.
    public func actions(_ report: ReportId, _ kind: ActionKind) async throws -> [Action] {
        try await device("actions") { try $0.actions(report: report, kind: kind) }
    }

    /// Decides; shows at once as waiting to be sent.
    public func decide(
        _ report: ReportId, _ action: Action, reason: Reason? = nil, text: String? = nil
    ) async throws {
        _ = try await device("decide") {
            try $0.decide(report: report, action: action, reason: reason, text: text)
        }
    }

    /// Asks for a full picture, which the next sync fetches.
    public func wantAttachment(_ report: ReportId, _ attachment: AttachmentId) async throws {
        try await device("want_attachment") { try $0.wantAttachment(report: report, attachment: attachment) }
    }

    /// The bytes of a picture, thumbnail or voice note, where they are on this phone.
    public func attachmentBytes(_ blob: BlobHash) async throws -> Data? {
        try await device("attachment_bytes") { try $0.attachmentBytes(blob: blob) }
    }
}
