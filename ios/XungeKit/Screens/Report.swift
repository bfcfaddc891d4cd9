// One report: where it stands, who has it, why it came back, the whole story, and what may be done now.
import Foundation
import Observation
import XungeCore

public struct ReportScreenState: Equatable, Sendable {
    public var detail: ReportDetail?
    /// Full pictures and recordings that are on this phone, else thumbnails.
    public var pictures: [AttachmentId: Data] = [:]
    public var isEditing = false
    /// The words while they are edited; durable with every change.
    public var words = ""
    public var note = ""
    /// Acts of the worker himself that may be done now.
    public var acts: [ActionKind] = []
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
    case resubmit
    case withdraw
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
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let report: ReportId

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        self.report = report
    }

    public func handle(_ event: ReportEvent) async {
        if case .withdraw = event {} else { state.confirming = nil }
        switch event {
        case .appeared: await load()
        case .edit:
            state.isEditing = true
            state.words = state.detail?.content?.description ?? ""
        case .words(let text):
            state.words = text
            await attempt { try await $0.edit($1, [.setDescription(text)]) }
        case .resubmit: await resubmit()
        case .withdraw: await withdraw()
        case .note(let text): state.note = text
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

    private func load() async {
        do {
            let detail = try await shell.gateway.report(report)
            state.detail = detail
            state.acts = detail.permitted
            for picture in detail.attachments {
                let blob = picture.path == nil ? picture.reference.thumbnail : picture.reference.blob
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
        await attempt { try await $0.submit($1) }
        guard state.failure == nil, state.problems.isEmpty else { return }
        state.isEditing = false
        shell.sendSoon()
    }

    private func withdraw() async {
        guard state.confirming == .withdraw else {
            state.confirming = .withdraw
            return
        }
        state.confirming = nil
        await attempt { try await $0.decide($1, .withdraw) }
        shell.sendSoon()
    }

    private func addNote() async {
        let text = state.note
        guard !text.isEmpty else { return }
        await attempt { try await $0.addNote($1, text) }
        guard state.failure == nil else { return }
        state.note = ""
        shell.sendSoon()
    }

    private func addPicture() async {
        state.trouble = nil
        switch await shell.platform.takePicture(report) {
        case .nothing: state.trouble = .capturePictureNone
        case .refused: state.trouble = .captureCameraRefused
        case .missing: state.trouble = .captureCameraMissing
        case .file(let path):
            await attempt { try await $0.addPicture($1, file: path, role: .scene) }
            if state.failure == nil { shell.inbox.clear(path) }
        }
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
