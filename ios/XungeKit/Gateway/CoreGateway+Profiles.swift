// Whose phone it is.
import Foundation
import XungeCore

extension CoreGateway {
    /// The profiles on this phone.
    public func profiles() async throws -> [ProfileInfo] {
        try await phone("profiles") { try $0.profiles() }
    }

    /// Enrols a profile with the text of a QR code; harmless to repeat.
    public func enrol(_ code: String) async throws -> ProfileId {
        try await phone("enrol", .network) { try $0.enrol(code: code) }
    }

    /// Opens a profile and makes it the one that everything else speaks of.
    public func openProfile(_ profile: ProfileId, key: Data?) async throws {
        put(try await phone("device") { try $0.device(profile: profile, key: key) })
    }

    /// Closes the open profile; what it has not sent stays in line.
    public func closeProfile() { put(nil) }

    /// Whose profile is open.
    public func info() async throws -> ProfileInfo { try await device("info") { $0.info() } }
}
