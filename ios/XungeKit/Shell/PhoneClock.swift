// Notices a wall clock that is set back. It is said at once; every time is judged by the core all the same.
import XungeCore

@MainActor
struct PhoneClock {
    /// What the wall clock may lose against the phone's own before it counts as set back, in ms.
    private static let toleranceMs: Int64 = 60_000
    private let platform: any Platform
    private let leadMs: Int64

    init(_ platform: any Platform) {
        self.platform = platform
        leadMs = platform.wallMs() - platform.uptimeMs()
    }

    /// Whether the wall clock was set back since this was made.
    var wasSetBack: Bool { platform.wallMs() - platform.uptimeMs() < leadMs - Self.toleranceMs }
}
