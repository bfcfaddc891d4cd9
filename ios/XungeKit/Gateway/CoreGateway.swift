// The one caller of generated code.
//
// Calls of the core block, so each runs on a queue of its lane and never on the main thread. `quick` keeps the order in which a person
// typed; pictures and the network have lanes of their own, so that neither makes typing wait. What takes longer than its lane allows is
// reported, since nothing else would see it.
import Dispatch
import Foundation
import Synchronization
import XungeCore

/// Opens the phone's folder and one profile in it, and calls the core off the main thread.
public final class CoreGateway: Sendable {
    /// The queue a call runs on.
    enum Lane: Sendable {
        /// Fields, lists, decisions: in order, and expected within `slowAfter`.
        case quick
        /// Pictures, voice notes, sealing of files.
        case media
        /// Whatever waits for a server.
        case network
    }

    /// A call of the quick lane that took longer than it should; `name` is the core's own.
    public struct SlowCall: Equatable, Sendable {
        public let name: String
        public let tookMs: Int
    }

    /// What makes the gateway: where the data lies and what the server is told of this phone.
    public struct Settings: Sendable {
        /// The folder of the profiles.
        public var folder: String
        /// A folder that backups do not bring back.
        public var noBackupFolder: String?
        public var appVersion: String
        /// What people call the phone.
        public var deviceLabel: String
        /// Certificates that are trusted for the township's server, PEM; empty for plain HTTP on a closed network.
        public var rootsPem: Data

        public init(
            folder: String, noBackupFolder: String? = nil, appVersion: String, deviceLabel: String,
            rootsPem: Data = Data()
        ) {
            self.folder = folder
            self.noBackupFolder = noBackupFolder
            self.appVersion = appVersion
            self.deviceLabel = deviceLabel
            self.rootsPem = rootsPem
        }
    }

    private let phone: Phone
    private let open = Mutex<Device?>(nil)
    private let quick = DispatchQueue(label: "xunge.core.quick", qos: .userInitiated)
    private let media = DispatchQueue(label: "xunge.core.media", qos: .userInitiated)
    private let network = DispatchQueue(label: "xunge.core.network", qos: .utility, attributes: .concurrent)
    private let slowAfterMs: Int
    private let onSlowCall: @Sendable (SlowCall) -> Void

    /// Opens the folder. Blocks for a moment: called once, before the first screen.
    public init(
        _ settings: Settings, slowAfterMs: Int = 100,
        onSlowCall: @escaping @Sendable (SlowCall) -> Void = { _ in }
    ) throws {
        do {
            phone = try Phone.open(
                folder: settings.folder, appVersion: settings.appVersion, deviceLabel: settings.deviceLabel,
                noBackupFolder: settings.noBackupFolder, rootsPem: settings.rootsPem)
        } catch {
            throw Failure(error)
        }
        self.slowAfterMs = slowAfterMs
        self.onSlowCall = onSlowCall
    }

    /// Whether a profile is open.
    public var hasProfile: Bool { open.withLock { $0 != nil } }

    /// Takes a device as the open one; `nil` closes.
    func put(_ device: Device?) { open.withLock { $0 = device } }

    /// The open profile.
    func device() throws -> Device {
        guard let device = open.withLock({ $0 }) else {
            throw Failure(kind: .signInRequired, detail: "no profile is open")
        }
        return device
    }

    /// Calls the phone.
    func phone<T: Sendable>(
        _ name: String, _ lane: Lane = .quick, _ call: @escaping @Sendable (Phone) throws -> T
    ) async throws -> T {
        let phone = phone
        return try await run(name, lane) { try call(phone) }
    }

    /// Calls the open profile.
    func device<T: Sendable>(
        _ name: String, _ lane: Lane = .quick, _ call: @escaping @Sendable (Device) throws -> T
    ) async throws -> T {
        let device = try device()
        return try await run(name, lane) { try call(device) }
    }

    private func run<T: Sendable>(
        _ name: String, _ lane: Lane, _ call: @escaping @Sendable () throws -> T
    ) async throws -> T {
        let watch = lane == .quick
        return try await withCheckedThrowingContinuation { continuation in
            queue(lane).async { [self] in
                let began = DispatchTime.now()
                let result = Result { try call() }.mapError { Failure($0) as any Error }
                let tookMs = Int((DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1_000_000)
                if watch && tookMs > slowAfterMs { onSlowCall(SlowCall(name: name, tookMs: tookMs)) }
                continuation.resume(with: result)
            }
        }
    }

    private func queue(_ lane: Lane) -> DispatchQueue {
        switch lane {
        case .quick: quick
        case .media: media
        case .network: network
        }
    }
}
