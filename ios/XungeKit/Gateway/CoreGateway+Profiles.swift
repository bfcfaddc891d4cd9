// Whose phone it is.
import Foundation
import XungeCore

extension CoreGateway {
    /// The profiles on this phone.
    public func profiles() async throws -> [ProfileInfo] {
        try await phone("profiles") { try $0.profiles() }
    }

    /// The server that a code names, without using the code; throws for what is none of ours.
    public func preview(code: String) throws -> String {
        do { return try readEnrolmentCode(text: code).baseUrl } catch { throw Failure(error) }
    }

    /// The text of the code in a picture; nil where there is none.
    public func readCode(inPicture file: String) async throws -> String? {
        try await phone("decode_qr_picture", .media) { _ in
            guard let bytes = FileManager.default.contents(atPath: file) else { return nil }
            return try decodeQrPicture(bytes: bytes)
        }
    }

    /// The text of the code in a frame of the camera's brightness; nil where there is none. Blocks: called on the camera's own queue.
    public nonisolated func readCode(luminance: Data, width: Int, height: Int, rowStride: Int) -> String? {
        try? decodeQr(
            luminance: luminance, width: UInt32(clamping: width), height: UInt32(clamping: height),
            rowStride: UInt32(clamping: rowStride))
    }

    /// Enrols a profile with the text of a QR code, its database under `key` from the beginning; harmless to repeat.
    public func enrol(_ code: String, key: Data?) async throws -> ProfileId {
        try await phone("enrol", .network) { try $0.enrol(code: code, key: key) }
    }

    /// Whether this build's core encrypts its databases; then it wants the keystore's key.
    public nonisolated static var isEncrypted: Bool { hasCipher() }

    /// Opens a profile and makes it the one that everything else speaks of. A wrong PIN throws, and nothing is opened.
    public func openProfile(_ profile: ProfileId, key: Data?, pin: String = "") async throws {
        let device = try await phone("device") { phone in
            let device = try phone.device(profile: profile, key: key)
            try device.checkPin(pin: pin)
            return device
        }
        put(device)
    }

    /// Closes the open profile; what it has not sent stays in line.
    public func closeProfile() { put(nil) }

    /// Whose profile is open.
    public func info() async throws -> ProfileInfo { try await device("info") { $0.info() } }

    /// Sets, changes or (nil) takes away the PIN.
    public func setPin(_ pin: String?) async throws {
        try await device("set_pin") { try $0.setPin(pin: pin) }
    }

    /// Puts a profile aside whose key is lost; nothing of it is deleted.
    public func setAside(_ profile: ProfileId, reason: String) async throws {
        _ = try await phone("set_aside") { try $0.setAside(profile: profile, reason: reason) }
    }

    /// What was set aside, as folders.
    public func setAsideProfiles() async throws -> [String] {
        try await phone("set_aside_profiles") { try $0.setAsideProfiles().map(\.folder) }
    }

    /// Sends the work of everybody on this phone whose profile is not the open one.
    public func syncOthers(isMetered: Bool, key: Data?) async throws {
        let own = try? device().info().id
        let options = SyncOptions(withAttachments: true, isMetered: isMetered)
        try await phone("sync_others", .network) { phone in
            for profile in try phone.profiles() where profile.id != own {
                // One that cannot be opened, or whose server is away, holds up nobody else.
                _ = try? phone.device(profile: profile.id, key: key)
                    .syncWith(options: options, cancel: CancelToken())
            }
        }
    }
}
