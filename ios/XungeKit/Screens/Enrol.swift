// Enrolment: the township's code scanned, from a picture, or typed.
import Foundation
import Observation
import XungeCore

public struct EnrolState: Equatable, Sendable {
    /// The code as text, typed or read.
    public var code = ""
    public var isTyping = false
    public var isWorking = false
    /// The address that the code names, to be seen before it is used.
    public var server: String?
    /// What is wrong, if anything.
    public var trouble: Key?
    public var failure: Failure?
    /// Whether a profile's key was lost and its data set aside.
    public var hasLostKey = false
}

public enum EnrolEvent: Sendable {
    case appeared
    case scan
    case pick
    case type
    case codeChanged(String)
    case enrol
}

@MainActor @Observable
public final class EnrolViewModel: ScreenModel {
    public private(set) var state = EnrolState()
    public static let appeared = EnrolEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: EnrolEvent) async {
        switch event {
        case .appeared: state.hasLostKey = shell.memory.fact("key_lost") != nil
        case .scan: await scan()
        case .pick: await pick()
        case .type: state.isTyping.toggle()
        case .codeChanged(let text): take(text)
        case .enrol: await enrol()
        }
    }

    private func scan() async {
        switch await shell.platform.scanCode() {
        case .code(let text): take(text)
        case .nothing: break
        case .refused:
            state.trouble = .enrolCameraRefused
            state.isTyping = true
        }
    }

    private func pick() async {
        guard case .file(let path) = await shell.platform.pickPicture("enrol") else { return }
        defer { shell.inbox.clear(path) }
        let text = try? await shell.gateway.readCode(inPicture: path)
        guard let text else {
            state.trouble = .enrolNoCode
            return
        }
        take(text)
    }

    /// Shows whose code it is, or why it is none.
    private func take(_ text: String) {
        state.code = text
        state.failure = nil
        state.server = nil
        state.trouble = nil
        guard !text.isEmpty else { return }
        do {
            state.server = try shell.gateway.preview(code: text)
        } catch {
            state.trouble = EnrolViewModel.trouble(Failure(error))
        }
    }

    private func enrol() async {
        guard !state.isWorking else { return }
        state.isWorking = true
        state.failure = nil
        defer { state.isWorking = false }
        do {
            let key = try shell.keys.key()
            let profile = try await shell.gateway.enrol(state.code, key: key)
            try await shell.gateway.openProfile(profile, key: key)
            shell.memory.remember("key_lost", nil)
            shell.memory.remember("notice_due", profile)
            await shell.restart()
            shell.sendSoon()
        } catch is KeyLost {
            try? await shell.giveUpKey()
            state.hasLostKey = true
        } catch {
            let failure = Failure(error)
            state.trouble = EnrolViewModel.trouble(failure)
            if state.trouble == nil { state.failure = failure }
        }
    }

    /// The words for what the core or the server said about the code.
    private static func trouble(_ failure: Failure) -> Key? {
        if failure.kind == .offline { return .enrolOffline }
        switch failure.problems.first(where: { $0.field == "code" })?.rule {
        case nil: return nil
        case "newer": return .enrolLaterVersion
        case "incomplete": return .enrolIncomplete
        case "not_ours": return .enrolNotOurs
        default: return .enrolExpired
        }
    }
}
