// One report: where it stands, who has it, why it came back, the whole story, and what may be done now.
import Foundation
import Observation
import XungeCore

public struct ReportScreenState: Equatable, Sendable {
    public var detail: ReportDetail?
    /// Whose phone this is.
    public var ownPerson = ""
    /// Full pictures and recordings that are on this phone, else thumbnails.
    public var pictures: [AttachmentId: Data] = [:]
    public var isEditing = false
    /// What is being changed; kept letter by letter, and written into the report when it is handed in again.
    public var words = ""
    public var placeText = ""
    public var note = ""
    /// Acts that may be done now.
    public var acts: [ActionKind] = []
    /// The act that waits for its reason, words or level.
    public var begun: Begun?
    /// What was decided last, on this screen.
    public var done: ActionKind?
    /// The act that the next tap confirms.
    public var confirming: ActionKind?
    public var playing: AttachmentId?
    public var trouble: Key?
    public var problems: [InputProblem] = []
    public var failure: Failure?
}

public enum ReportEvent: Sendable {
    case appeared
    case edit
    case words(String)
    case placeText(String)
    case resubmit
    /// One of the offered acts; withdrawing wants a second tap.
    case begin(ActionKind)
    case act(BegunEvent)
    case note(String)
    case addNote
    case addPicture
    /// Writes one of two values of a disputed field, which settles it.
    case settle(FieldEdit)
    case fetch(AttachmentId)
    case play(AttachmentId)
    case call(String)
    case card
}

@MainActor @Observable
public final class ReportViewModel: ScreenModel {
    public private(set) var state = ReportScreenState()
    public static let appeared = ReportEvent.appeared
    /// The states in which the matter is over and a card for the resident makes sense.
    public static let over: Set<ReportState> = [.closed, .settled]
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let report: ReportId
    @ObservationIgnored private let beginning: Beginning

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        self.report = report
        beginning = Beginning(shell)
        beginning.changed = { [weak self] in self?.state.begun = $0 }
        beginning.said = { [weak self] in self?.say($0, $1) }
        beginning.done = { [weak self] in await self?.decided($1) }
    }

    public func handle(_ event: ReportEvent) async {
        if case .begin(.withdraw) = event {} else { state.confirming = nil }
        switch event {
        case .appeared:
            let left = await shell.takeLeft(for: report)
            await load()
            for taken in left { say(taken) }
        case .edit:
            state.isEditing = true
            state.words = state.detail?.content?.description ?? ""
            state.placeText = state.detail?.content?.placeText ?? ""
        case .words(let text):
            state.words = text
            await keepRewriting()
        case .placeText(let text):
            state.placeText = text
            await keepRewriting()
        case .resubmit: await resubmit()
        case .begin(let kind): await begin(kind)
        case .act(let event): await beginning.handle(event)
        case .note(let text):
            state.note = text
            await keep(["text": text], about: noteName)
        case .addNote: await addNote()
        case .addPicture: await addPicture()
        case .settle(let edit):
            await attempt { try await $0.edit($1, [edit]) }
            shell.sendSoon()
        case .fetch(let id):
            await attempt { try await $0.wantAttachment($1, id) }
            shell.sendSoon()
        case .play(let id): await play(id)
        case .call(let telephone): shell.platform.call(telephone)
        case .card: shell.go(.card(report))
        }
    }

    /// Under which the core keeps a note that is not added yet, and what is being changed in a report that came back.
    private var noteName: String { "note/\(report)" }
    private var rewritingName: String { "rewriting/\(report)" }

    private func keep(_ words: [String: String], about: String) async {
        do {
            try await shell.gateway.keep(words, about: about)
        } catch {
            state.failure = Failure(error)
        }
    }

    private func keepRewriting() async {
        await keep(["words": state.words, "place": state.placeText], about: rewritingName)
    }

    /// What was begun before the app was ended, or the screen left, is there again.
    private func goOn(_ detail: ReportDetail) async throws {
        state.note = try await shell.gateway.kept(about: noteName)["text"] ?? ""
        let kept = try await shell.gateway.kept(about: rewritingName)
        guard !kept.isEmpty, !state.isEditing, detail.permitted.contains(.submit),
            let content = detail.content
        else { return }
        state.isEditing = true
        state.words = kept["words"] ?? content.description
        state.placeText = kept["place"] ?? content.placeText
    }

    private func load() async {
        do {
            let detail = try await shell.gateway.report(report)
            state.ownPerson = try await shell.gateway.info().person
            state.detail = detail
            state.acts = detail.permitted
            try await goOn(detail)
            await beginning.goOn(detail.row, detail.permitted)
            for picture in detail.attachments {
                let blob = picture.isHere ? picture.reference.blob : picture.reference.thumbnail
                guard let blob else { continue }
                state.pictures[picture.id] = try await shell.gateway.attachmentBytes(blob)
            }
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func attempt(_ work: @MainActor (CoreGateway, ReportId) async throws -> Void) async {
        do {
            try await work(shell.gateway, report)
            state.problems = []
            await load()
        } catch {
            let failure = Failure(error)
            state.problems = failure.problems
            state.failure = failure.problems.isEmpty ? failure : nil
        }
    }

    private func resubmit() async {
        var edits: [FieldEdit] = []
        if state.isEditing, let content = state.detail?.content {
            if state.words != content.description { edits.append(.setDescription(state.words)) }
            if state.placeText != content.placeText { edits.append(.setPlaceText(state.placeText)) }
        }
        await attempt { [edits] gateway, report in
            if !edits.isEmpty { try await gateway.edit(report, edits) }
            try await gateway.submit(report)
        }
        guard state.failure == nil, state.problems.isEmpty else { return }
        state.isEditing = false
        await keep([:], about: rewritingName)
        shell.sendSoon()
    }

    private func begin(_ kind: ActionKind) async {
        guard let row = state.detail?.row else { return }
        if kind == .withdraw, state.confirming != .withdraw {
            state.confirming = .withdraw
            return
        }
        state.confirming = nil
        await beginning.begin(row, kind)
    }

    private func say(_ trouble: Key?, _ failure: Failure?) {
        state.trouble = trouble
        state.failure = failure
    }

    private func decided(_ kind: ActionKind) async {
        state.done = kind
        await load()
    }

    private func addNote() async {
        let text = state.note
        guard !text.isEmpty else { return }
        await attempt { [noteName] gateway, report in
            try await gateway.addNote(report, text)
            try await gateway.keep([:], about: noteName)
        }
        guard state.failure == nil else { return }
        state.note = ""
        shell.sendSoon()
    }

    private func addPicture() async {
        let taken = await shell.take(await shell.platform.takePicture(report), for: report)
        await load()
        say(taken)
    }

    private func say(_ taken: Taken) {
        state.trouble = taken.trouble
        if let failure = taken.failure { state.failure = failure }
    }

    private func play(_ id: AttachmentId) async {
        guard state.playing != id, let bytes = state.pictures[id] else {
            shell.platform.stopPlaying()
            state.playing = nil
            return
        }
        state.playing = id
        await shell.platform.play(bytes)
        if state.playing == id { state.playing = nil }
    }
}
