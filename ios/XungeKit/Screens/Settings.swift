// Settings: looks, sending, storage, rescue, log, PIN.
import Observation
import XungeCore

public struct SettingsState: Equatable, Sendable {
    public var looks: Looks
    public var isWifiOnly = false
    public var storage: StorageUse?
    public var isSending = false
    /// What the last sync asked for here really did.
    public var sent: SyncReport?
    public var rescued: RescueSummary?
    public var isNothingToRescue = false
    public var log: String?
    public var pin = ""
    public var hasPin = false
    public var pinDone: Key?
    public var version = ""
    public var failure: Failure?
}

public enum SettingsEvent: Sendable {
    case appeared
    case language(Words.Language?)
    case textPercent(Int)
    case highContrast(Bool)
    case wifiOnly(Bool)
    case send
    case rescue
    case showLog
    case shareLog
    case pin(String)
    case setPin
    case removePin
    case open(Route)
}

@MainActor @Observable
public final class SettingsViewModel: ScreenModel {
    public private(set) var state: SettingsState
    public static let appeared = SettingsEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let look: @MainActor (Looks) -> Void

    /// `look` puts new looks on the screens.
    public init(_ shell: Shell, looks: Looks, look: @escaping @MainActor (Looks) -> Void) {
        self.shell = shell
        self.look = look
        state = SettingsState(looks: looks)
    }

    public func handle(_ event: SettingsEvent) async {
        do {
            try await take(event)
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func take(_ event: SettingsEvent) async throws {
        switch event {
        case .appeared: try await load()
        case .language, .textPercent, .highContrast: change(event)
        case .wifiOnly(let isOn):
            try await shell.gateway.setWifiOnly(isOn)
            state.isWifiOnly = isOn
        case .send: try await send()
        case .rescue: try await rescue()
        case .showLog: state.log = state.log == nil ? try await shell.gateway.log() : nil
        case .shareLog: if let log = state.log { await shell.platform.share(.text(log)) }
        case .pin(let pin): state.pin = pin
        case .setPin: try await setPin(state.pin)
        case .removePin: try await setPin(nil)
        case .open(let route): shell.go(route)
        }
    }

    private func load() async throws {
        state.version = shell.gateway.coreVersion
        state.hasPin = try await shell.gateway.info().hasPin
        state.isWifiOnly = try await shell.gateway.isWifiOnly()
        state.storage = try await shell.gateway.storage()
    }

    private func change(_ event: SettingsEvent) {
        switch event {
        case .language(let language): state.looks.language = language
        case .textPercent(let percent): state.looks.textPercent = percent
        case .highContrast(let isOn): state.looks.isHighContrast = isOn
        default: return
        }
        look(state.looks)
    }

    private func send() async throws {
        guard !state.isSending else { return }
        state.isSending = true
        defer { state.isSending = false }
        state.sent = try await shell.gateway.sync(isMetered: shell.platform.isMetered)
        state.storage = try await shell.gateway.storage()
    }

    private func rescue() async throws {
        let file = shell.platform.fileForSharing("xunge-rescue.xgr")
        let summary = try await shell.gateway.rescue(to: file)
        let begunCount = summary.draftCount + summary.wordsCount
        state.isNothingToRescue = summary.itemCount + summary.blobCount + begunCount == 0
        state.rescued = state.isNothingToRescue ? nil : summary
        if !state.isNothingToRescue { await shell.platform.share(.file(file)) }
    }

    private func setPin(_ pin: String?) async throws {
        try await shell.gateway.setPin(pin)
        state.pin = ""
        state.hasPin = pin != nil
        state.pinDone = pin == nil ? .settingsPinRemoved : .settingsPinDone
    }
}
