// A phone that does what the test tells it, and notes what the screens asked of it.
import Foundation
import XungeKit

/// The platform of the tests.
@MainActor
public final class HandPlatform: Platform {
    public var picture: Data?
    public var pictureAnswer: PictureAnswer?
    public var recording: RecordingAnswer = .running
    public var voice: Data?
    public var scan: ScanAnswer = .nothing
    public var platformFacts = PlatformFacts.unknown
    public var upMs: Int64 = 0
    /// What the person has put the clock forward (or, negative, back) by, in ms.
    public var clockShiftMs: Int64 = 0
    public var isMetered = false
    public private(set) var asked: [String] = []
    public private(set) var shared: [Shared] = []
    public private(set) var told: [(title: String, text: String)] = []
    public private(set) var fixEveryMs: Int64?
    private let inbox: Inbox
    private let folder: URL
    private let openedAt = Words.now()
    private var recordingFor: ReportId?
    private var listeners: [AsyncStream<PositionNews>.Continuation] = []
    private var count = 0

    public init(inbox: Inbox, folder: URL) {
        self.inbox = inbox
        self.folder = folder
    }

    public func takePicture(_ report: ReportId) async -> PictureAnswer {
        asked.append("camera")
        return answer(report)
    }

    public func pickPicture(_ report: ReportId) async -> PictureAnswer {
        asked.append("album")
        return answer(report)
    }

    public func startRecording(_ report: ReportId) async -> RecordingAnswer {
        asked.append("microphone")
        recordingFor = report
        return recording
    }

    public func stopRecording() async -> String? {
        guard let voice, let report = recordingFor else { return nil }
        return put(voice, report, "voice.aac")
    }

    public func play(_ voice: Data) async { asked.append("play") }
    public func stopPlaying() { asked.append("stop") }

    public func positions() -> AsyncStream<PositionNews> {
        AsyncStream { listeners.append($0) }
    }

    /// The phone has news about where it is.
    public func say(_ news: PositionNews) { listeners.forEach { $0.yield(news) } }

    public func recordPatrol(everyMs: Int64?) { fixEveryMs = everyMs }
    public func facts() async -> PlatformFacts { platformFacts }
    public func scanCode() async -> ScanAnswer { scan }
    public func openSettings(_ page: SettingsPage) { asked.append("settings \(page.rawValue)") }
    public func call(_ telephone: String) { asked.append("call \(telephone)") }
    public func share(_ what: Shared) async { shared.append(what) }
    public func fileForSharing(_ name: String) -> String { folder.appendingPathComponent(name).path }
    public func drawing(of lines: [String], pictures: [Data]) async -> Data? {
        Data(lines.joined(separator: "\n").utf8)
    }
    public func uptimeMs() -> Int64 { upMs }
    public func wallMs() -> Timestamp { openedAt + upMs + clockShiftMs }
    public func tell(id: String, title: String, text: String) { told.append((title, text)) }

    /// Puts bytes into the inbox as the camera or the recorder would.
    public func put(_ bytes: Data, _ report: ReportId, _ name: String) -> String? {
        count += 1
        guard let path = try? inbox.place(for: report, name: "\(count)-\(name)") else { return nil }
        return FileManager.default.createFile(atPath: path, contents: bytes) ? path : nil
    }

    private func answer(_ report: ReportId) -> PictureAnswer {
        if let pictureAnswer { return pictureAnswer }
        guard let picture else { return .nothing }
        count += 1
        return inbox.keep(picture, for: report, name: "\(count)-picture.jpg")
    }
}

extension PlatformFacts {
    /// A phone that says nothing about itself.
    public static let unknown = PlatformFacts(
        hasPreciseLocation: nil, hasCoarseLocation: nil, isLocationOn: nil, isSatelliteOn: nil,
        mayRunInBackground: nil,
        mayNotify: nil, isExemptFromBatterySaving: nil, isPowerSaving: nil, mayStartItself: nil, maker: nil,
        isMockProviderOn: nil, batteryPercent: nil, isCharging: nil, freeBytes: nil, killedCount: 0,
        silentMin: nil)
}
