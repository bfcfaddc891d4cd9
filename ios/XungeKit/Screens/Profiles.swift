// The people on this phone, each behind a PIN where there is one.
import Observation
import XungeCore

public struct ProfilesState: Equatable, Sendable {
    public var profiles: [ProfileInfo] = []
    /// Whose PIN is asked for.
    public var chosen: ProfileId?
    public var pin = ""
    public var failure: Failure?
    /// What was set aside, by folder name.
    public var setAside: [String] = []
}

public enum ProfilesEvent: Sendable {
    case appeared
    case choose(ProfileId)
    case pinChanged(String)
    case open
    case add
}

@MainActor @Observable
public final class ProfilesViewModel: ScreenModel {
    public private(set) var state = ProfilesState()
    public static let appeared = ProfilesEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: ProfilesEvent) async {
        switch event {
        case .appeared:
            state.profiles = (try? await shell.gateway.profiles()) ?? []
            state.setAside = (try? await shell.gateway.setAsideProfiles()) ?? []
        case .choose(let profile):
            state.chosen = profile
            state.pin = ""
            state.failure = nil
            if state.profiles.contains(where: { $0.id == profile && !$0.hasPin }) { await open() }
        case .pinChanged(let pin): state.pin = pin
        case .open: await open()
        case .add: shell.go(.enrol)
        }
    }

    private func open() async {
        guard let chosen = state.chosen else { return }
        let pin = state.pin
        state.pin = ""
        state.failure = nil
        do {
            try await shell.gateway.openProfile(chosen, key: try shell.keys.key(), pin: pin)
            await shell.restart()
        } catch is KeyLost {
            await enrolAnew { try await shell.giveUpKey() }
        } catch let failure as Failure where failure.kind == .keyLost {
            // The phone has its key, and this one database lies under another.
            await enrolAnew {
                try await shell.gateway.setAside(chosen, reason: "key_lost")
                shell.memory.remember("key_lost", "yes")
            }
        } catch {
            state.failure = Failure(error)
        }
    }

    /// After something was set aside: nothing is deleted, and the person enrols anew.
    private func enrolAnew(after setAside: () async throws -> Void) async {
        do {
            try await setAside()
            await shell.restart()
            shell.go(.enrol)
        } catch {
            state.failure = Failure(error)
        }
    }
}
