// What the phone itself does for the screens. The app has the real one; tests have one that does what it is told.
import Foundation
import XungeCore

/// How a picture came back.
public enum PictureAnswer: Equatable, Sendable {
    /// A JPEG in the inbox.
    case file(String)
    /// The person turned back, or the camera had nothing.
    case nothing
    /// The person does not let the app use the camera.
    case refused
    /// There is no camera.
    case missing
    /// The picture could not be written to the phone.
    case unsaved
}

/// How the start of a recording ended.
public enum RecordingAnswer: Equatable, Sendable {
    case running
    case refused
    case failed
}

/// What the phone says about where it is.
public enum PositionNews: Equatable, Sendable {
    case claim(PlaceClaim)
    /// Location is off in the phone's settings.
    case off
    /// The app may not use it.
    case refused
}

/// A page of the phone's own settings.
public enum SettingsPage: String, Sendable {
    case app, location, battery, notifications, storage
}

/// Something to hand to another app.
public enum Shared: Equatable, Sendable {
    case text(String)
    case picture(Data)
    case file(String)
}

/// The phone. Everything waits until the person or the phone has answered.
@MainActor
public protocol Platform: AnyObject {
    /// The camera; the file lies in the inbox of the report before this returns, so that nothing is lost if the app ends then.
    func takePicture(_ report: ReportId) async -> PictureAnswer
    /// A picture from the phone's album, copied into the inbox.
    func pickPicture(_ report: ReportId) async -> PictureAnswer
    /// Starts a voice note, AAC-LC as a stream (`.aac`).
    func startRecording(_ report: ReportId) async -> RecordingAnswer
    /// Ends it; the file in the inbox, nil where nothing was recorded.
    func stopRecording() async -> String?
    /// Plays a voice note to its end, or until `stopPlaying`.
    func play(_ voice: Data) async
    func stopPlaying()
    /// Where the phone is, from now on, until nobody listens any more.
    func positions() -> AsyncStream<PositionNews>
    /// Records the way of a patrol, or stops it; fixes go to the patrol's view model and the core.
    func recordPatrol(everyMs: Int64?)
    /// Whether the network costs: a mobile one, or somebody's hotspot.
    var isMetered: Bool { get }
    /// What the phone says about itself for the self-test.
    func facts() async -> PlatformFacts
    /// Reads codes from the camera until one is ours or the person turns back.
    func scanCode() async -> ScanAnswer
    func openSettings(_ page: SettingsPage)
    func call(_ telephone: String)
    func share(_ what: Shared) async
    /// A file that the person can take away from the phone.
    func fileForSharing(_ name: String) -> String
    /// A drawn card or log as PNG.
    func drawing(of lines: [String], pictures: [Data]) async -> Data?
    /// Milliseconds that never run backwards while the app lives.
    func uptimeMs() -> Int64
    /// The wall clock, as the person may have set it.
    func wallMs() -> Timestamp
    /// Tells the owner by a notification of this phone; nothing leaves it.
    func tell(id: String, title: String, text: String)
}

/// How scanning ended.
public enum ScanAnswer: Equatable, Sendable {
    case code(String)
    case nothing
    case refused
}

/// Where pictures and recordings lie between the shutter and the core: a folder per report. What is found there later was left by an app that
/// was ended in between, and is taken in then.
public struct Inbox: Sendable {
    private let folder: URL

    public init(folder: String) { self.folder = URL(fileURLWithPath: folder, isDirectory: true) }

    /// A new file's path; its folder exists.
    public func place(for report: ReportId, name: String) throws -> String {
        let home = folder.appendingPathComponent(report, isDirectory: true)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        return home.appendingPathComponent(name).path
    }

    /// Writes a picture down, whole or not at all.
    public func keep(_ picture: Data, for report: ReportId, name: String) -> PictureAnswer {
        do {
            let path = try place(for: report, name: name)
            try picture.write(to: URL(fileURLWithPath: path), options: .atomic)
            return .file(path)
        } catch {
            return .unsaved
        }
    }

    /// What lies there for a report, by name.
    public func files(for report: ReportId) -> [String] {
        let home = folder.appendingPathComponent(report, isDirectory: true).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []
        return names.sorted().map { home + "/" + $0 }
    }

    /// The core has it, or the person does not want it.
    public func clear(_ file: String) { try? FileManager.default.removeItem(atPath: file) }
}
