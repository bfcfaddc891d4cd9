// What a screen is told when something did not work: the core's kind, without the core's English.
import XungeCore

/// A failed call. Nothing that was durable before is lost by it. Screens have the words (`error_<kind>`); `detail` is for the log alone.
public struct Failure: Error, Equatable, Sendable {
    /// What the person can do about it. The raw value is the ending of the text's key.
    public enum Kind: String, CaseIterable, Sendable {
        case invalidInput = "invalid_input"
        case notFound = "not_found"
        case notAllowed = "not_allowed"
        case signInRequired = "sign_in_required"
        case offline
        case keyLost = "key_lost"
        case storageFull = "storage_full"
        case storageFailed = "storage_failed"
        case updateRequired = "update_required"
        case `internal`
    }

    public let kind: Kind
    /// The stable reason, where the workflow gave one.
    public let refusal: Refusal?
    /// What is wrong with what was entered, all at once.
    public let problems: [InputProblem]
    /// How long to wait before the next PIN, in ms.
    public let retryAfterMs: UInt64?
    /// In English, for the log.
    public let detail: String

    public init(
        kind: Kind, refusal: Refusal? = nil, problems: [InputProblem] = [], retryAfterMs: UInt64? = nil,
        detail: String = ""
    ) {
        self.kind = kind
        self.refusal = refusal
        self.problems = problems
        self.retryAfterMs = retryAfterMs
        self.detail = detail
    }

    /// Takes the core's error apart; exhaustive, so that a new kind breaks this build and not the phone.
    init(_ error: CoreError) {
        switch error {
        case .InvalidInput(let problems, let detail):
            self.init(kind: .invalidInput, problems: problems, detail: detail)
        case .NotFound(let detail): self.init(kind: .notFound, detail: detail)
        case .NotAllowed(let refusal, let detail):
            self.init(kind: .notAllowed, refusal: refusal, detail: detail)
        case .SignInRequired(let retryAfterMs, let detail):
            self.init(kind: .signInRequired, retryAfterMs: retryAfterMs, detail: detail)
        case .Offline(let detail): self.init(kind: .offline, detail: detail)
        case .KeyLost(let detail): self.init(kind: .keyLost, detail: detail)
        case .StorageFull(let detail): self.init(kind: .storageFull, detail: detail)
        case .StorageFailed(let detail): self.init(kind: .storageFailed, detail: detail)
        case .UpdateRequired(let detail): self.init(kind: .updateRequired, detail: detail)
        case .Internal(let detail): self.init(kind: .internal, detail: detail)
        }
    }

    /// Any error as a failure: the core's own kinds, everything else as a defect.
    public init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as CoreError: self.init(error)
        default: self.init(kind: .internal, detail: "\(error)")
        }
    }
}
