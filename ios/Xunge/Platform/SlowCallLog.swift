// Calls of the core that took too long, in the system's log: a name and a time, nothing of anybody.
import OSLog
import XungeKit

enum SlowCallLog {
    private static let log = Logger(subsystem: "xunge", category: "core")

    @Sendable static func note(_ call: CoreGateway.SlowCall) {
        log.warning("\(call.name, privacy: .public) took \(call.tookMs) ms")
    }
}
