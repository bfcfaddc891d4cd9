// Drafts: every call that writes returns after the data is durable.
import XungeCore

extension CoreGateway {
    public func beginDraft() async throws -> ReportId {
        try await device("begin_draft") { try $0.beginDraft() }
    }

    /// All drafts, the last touched first.
    public func drafts() async throws -> [DraftRow] { try await device("drafts") { try $0.drafts() } }

    public func draft(_ report: ReportId) async throws -> ReportContent {
        try await device("draft") { try $0.draft(report: report) }
    }

    public func editDraft(_ report: ReportId, _ edits: [FieldEdit]) async throws {
        try await device("edit_draft") { try $0.editDraft(report: report, edits: edits) }
    }

    /// Saves the position, and the grid where it is certain and none was chosen.
    public func setPlace(_ report: ReportId, _ claim: PlaceClaim) async throws {
        try await device("set_place") { try $0.setPlace(report: report, claim: claim) }
    }

    public func locate(_ claim: PlaceClaim) async throws -> GridAnswer {
        try await device("locate") { try $0.locate(claim: claim) }
    }

    public func addPicture(_ report: ReportId, file: String, role: AttachmentRole) async throws
        -> AttachmentId
    {
        try await device("add_picture", .media) {
            try $0.addPicture(report: report, path: file, role: role)
        }
    }

    /// AAC-LC in `.m4a` or as a stream that may be cut off, at most 60 s.
    public func addVoiceNote(_ report: ReportId, file: String, role: AttachmentRole) async throws
        -> AttachmentId
    {
        try await device("add_voice_note", .media) {
            try $0.addVoiceNote(report: report, path: file, role: role)
        }
    }

    public func removeAttachment(_ report: ReportId, _ attachment: AttachmentId) async throws {
        try await device("remove_attachment") {
            try $0.removeAttachment(report: report, attachment: attachment)
        }
    }

    public func addPerson(_ report: ReportId, _ entry: PersonEntry) async throws -> PersonRecordId {
        try await device("add_person") { try $0.addPerson(report: report, entry: entry) }
    }

    public func removePerson(_ report: ReportId, _ person: PersonRecordId) async throws {
        try await device("remove_person") { try $0.removePerson(report: report, person: person) }
    }

    /// Reports that may be about the same matter.
    public func hints(_ report: ReportId) async throws -> [ReportRow] {
        try await device("hints") { try $0.hints(report: report) }
    }

    public func submit(_ report: ReportId) async throws {
        _ = try await device("submit") { try $0.submit(report: report) }
    }

    /// 当场处置; `result` says what was done.
    public func settle(_ report: ReportId, result: String) async throws {
        _ = try await device("settle") { try $0.settle(report: report, result: result) }
    }

    public func discardDraft(_ report: ReportId) async throws {
        try await device("discard_draft") { try $0.discardDraft(report: report) }
    }

    /// The categories that can be chosen now, in the directory's order.
    public func categories() async throws -> [Category] {
        try await device("categories") { try $0.categories() }
    }
}
