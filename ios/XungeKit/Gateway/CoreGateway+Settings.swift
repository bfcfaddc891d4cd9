// What is set for a profile, what it takes up, and what must be told once.
import XungeCore

extension CoreGateway {
    /// What happened to the phone's data and must be told once.
    public func notices() async throws -> [StoreNotice] { try await device("notices") { try $0.notices() } }

    public func dismissNotice(_ id: Int64) async throws {
        try await device("dismiss_notice") { try $0.dismissNotice(id: id) }
    }

    public func isWifiOnly() async throws -> Bool {
        try await device("settings") { try $0.settings().isWifiOnly }
    }

    public func setWifiOnly(_ isOn: Bool) async throws {
        try await device("set_wifi_only") { try $0.setWifiOnly(isWifiOnly: isOn) }
    }

    public func storage() async throws -> StorageUse {
        try await device("storage", .media) { try $0.storage() }
    }

    /// The version of the core.
    public nonisolated var coreVersion: String { libraryVersion() }
}
