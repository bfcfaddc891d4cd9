// Acts on a report that a phone offers, from the first tap until they are sent.
import Foundation
import XungeCore

/// How an act that the core permits is begun on a phone: at once, with a reason, with words, by choosing a level.
public enum Way: Equatable, Sendable { case atOnce, reason, words, level }

/// The acts that a phone offers, of those that the core permits; the others belong to desks.
public enum Acts {
    private static let ways: [(kind: ActionKind, way: Way)] = [
        (.approve, .atOnce), (.return, .reason), (.takeOn, .atOnce), (.passUp, .level), (.feedBack, .words),
        (.rework, .reason), (.close, .words), (.urge, .words), (.ask, .words), (.withdraw, .atOnce),
        (.remark, .words),
    ]

    /// How an act is begun; nil for one that a phone does not offer.
    public static func way(of kind: ActionKind) -> Way? { ways.first { $0.kind == kind }?.way }

    /// Those of the permitted acts that a phone offers, in the order of their buttons.
    public static func offered(of permitted: [ActionKind]) -> [ActionKind] {
        ways.map(\.kind).filter(permitted.contains)
    }
}

/// An act that was begun and waits for its reason, words or level.
public struct Begun: Equatable, Sendable {
    public let row: ReportRow
    public let kind: ActionKind
    /// What the core has ready, one for each level.
    public let actions: [Action]
    public var code: String?
    public var text = ""
    /// The voice note that says why, in the report's attachments.
    public var voice: AttachmentId?
    public var phrases: [Phrase] = []
    /// How long the voice note under way is, in ms; nil where none is.
    public var recordingMs: Int64?

    /// The levels to which it can be passed up, the next one first.
    public var levels: [Level] {
        actions.compactMap { if case .passUp(let level) = $0 { level } else { nil } }
    }

    /// Whether anything was said yet.
    public var isSaid: Bool { code != nil || voice != nil || !text.allSatisfy(\.isWhitespace) }

    /// Whether a sentence, with its words in the reader's language, is the one that was chosen.
    public func isChosen(_ phrase: Phrase, _ text: String) -> Bool {
        phrase.code == nil ? text == self.text : phrase.code == code
    }
}

/// What a person does with an act that was begun.
public enum BegunEvent: Sendable {
    case say(String)
    /// A sentence that is often said, with its words in the reader's language; chosen again it is taken back.
    case choose(Phrase, String)
    case record
    case stopRecording
    /// Sends one of the acts that are ready, or the only one.
    case send(Action?)
    case cancel
}

/// Takes an act from the first tap until it is sent, for the screens that have one. What is typed, chosen or recorded lies in the core letter by
/// letter and outlives the app; it goes when the act is sent or cancelled.
@MainActor
final class Beginning {
    private(set) var begun: Begun? {
        didSet { changed(begun) }
    }
    private let shell: Shell
    private let recording: VoiceRecording
    private var ticking: KeptTask?
    /// Told what stands begun now.
    var changed: @MainActor (Begun?) -> Void = { _ in }
    /// Told what could not be done; both nil when something could.
    var said: @MainActor (Key?, Failure?) -> Void = { _, _ in }
    /// Told of an act that was decided.
    var done: @MainActor (ReportRow, ActionKind) async -> Void = { _, _ in }

    init(_ shell: Shell) {
        self.shell = shell
        recording = VoiceRecording(shell.platform)
    }

    /// Begins an act; one that needs nothing more is sent at once.
    func begin(_ row: ReportRow, _ kind: ActionKind) async {
        said(nil, nil)
        do {
            let new = Begun(row: row, kind: kind, actions: try await shell.gateway.actions(row.report, kind))
            if new.actions.isEmpty || Acts.way(of: kind) == .atOnce { return await send(new, nil) }
            await open(new)
            await keep()
        } catch {
            said(nil, Failure(error))
        }
    }

    /// Goes on with an act that was begun before the app was ended, where it is still permitted.
    func goOn(_ row: ReportRow, _ permitted: [ActionKind]) async {
        guard begun == nil else { return }
        do {
            let kept = try await shell.gateway.kept(about: Self.name(row.report))
            let kinds = Acts.offered(of: permitted)
            guard let kind = kinds.first(where: { "\($0)" == kept["kind"] }) else { return }
            let actions = try await shell.gateway.actions(row.report, kind)
            guard !actions.isEmpty else { return }
            await open(
                Begun(
                    row: row, kind: kind, actions: actions, code: kept["code"], text: kept["text"] ?? "",
                    voice: kept["voice"]))
        } catch {
            said(nil, Failure(error))
        }
    }

    private func open(_ new: Begun) async {
        begun = new
        begun?.phrases = shell.gateway.phrases(new.kind)
    }

    func handle(_ event: BegunEvent) async {
        guard let now = begun else { return }
        switch event {
        case .say(let text):
            begun?.text = text
            await keep()
        case .choose(let phrase, let text):
            let wasChosen = now.isChosen(phrase, text)
            begun?.code = wasChosen ? nil : phrase.code
            begun?.text = wasChosen ? "" : text
            await keep()
        case .record: await record(now.row.report)
        case .stopRecording: await stop()
        case .send(let action): await send(now, action)
        case .cancel:
            begun = nil
            await keep([:], now.row.report)
        }
    }

    /// Sends it; where nothing is ready, something else was decided meanwhile.
    private func send(_ act: Begun, _ chosen: Action?) async {
        guard let action = chosen ?? act.actions.first else {
            return said(nil, Failure(kind: .notAllowed, refusal: .wrongState))
        }
        let isReason = Acts.way(of: act.kind) == .reason
        let text = act.text.trimmingCharacters(in: .whitespacesAndNewlines)
        let reason = isReason ? Reason(code: act.code, text: text, voice: act.voice) : nil
        do {
            try await shell.gateway.decide(
                act.row.report, action, reason: reason, text: isReason || text.isEmpty ? nil : text)
            begun = nil
            said(nil, nil)
            await keep([:], act.row.report)
            await done(act.row, act.kind)
            shell.sendSoon()
        } catch {
            said(nil, Failure(error))
        }
    }

    /// Under which the core keeps an act that is not sent yet.
    private static func name(_ report: ReportId) -> String { "report/\(report)/act" }

    private func keep() async {
        guard let now = begun else { return }
        let words = ["kind": "\(now.kind)", "code": now.code, "text": now.text, "voice": now.voice]
        await keep(words.compactMapValues { $0 }, now.row.report)
    }

    private func keep(_ words: [String: String], _ report: ReportId) async {
        do {
            try await shell.gateway.keep(words, about: Self.name(report))
        } catch {
            said(nil, Failure(error))
        }
    }
}

// A reason that is spoken.
extension Beginning {
    private func record(_ report: ReportId) async {
        let trouble = await recording.start(report)
        said(trouble, nil)
        guard trouble == nil else { return }
        begun?.recordingMs = 0
        ticking = KeptTask.every(seconds: 1) { [weak self] in await self?.tick() }
    }

    /// A second has passed: a note ends by itself where it may not grow.
    func tick() async {
        guard begun?.recordingMs != nil else { return }
        begun?.recordingMs = recording.lengthMs
        if recording.isFull { await stop() }
    }

    private func stop() async {
        guard let report = begun?.row.report, begun?.recordingMs != nil else { return }
        begun?.recordingMs = nil
        ticking = nil
        let taken = await shell.takeVoice(await shell.platform.stopRecording(), for: report, .return)
        begun?.voice = taken.attachment
        await keep()
        said(taken.trouble, taken.failure)
    }
}
