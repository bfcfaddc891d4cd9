// A voice note while it is recorded: how long it is, and that it ends by itself where it may not grow.
import XungeCore

@MainActor
final class VoiceRecording {
    /// How long a voice note may be, in ms; the core refuses longer ones.
    private static let maxMs: Int64 = 60_000
    private static let marginMs: Int64 = 500
    private let platform: any Platform
    private var beganMs: Int64 = 0

    init(_ platform: any Platform) { self.platform = platform }

    /// Starts; says why where it does not run.
    func start(_ report: ReportId) async -> Key? {
        switch await platform.startRecording(report) {
        case .refused: return .captureVoiceRefused
        case .failed: return .captureVoiceFailed
        case .running:
            beganMs = platform.uptimeMs()
            return nil
        }
    }

    /// How long it is by now, in ms.
    var lengthMs: Int64 { platform.uptimeMs() - beganMs }

    /// Whether it must end now.
    var isFull: Bool { lengthMs >= Self.maxMs - Self.marginMs }
}
