// Figures of the bindings from Swift on Linux, printed and never asserted: `make figures-ios`.
import Foundation
import XungeCore

/// What calls, pages and a cold open cost: figures SEEDED.json
@main
struct Figures {
    private struct Seeded: Decodable {
        let folder: String
        let profile: String
        let reportCount: Int
        enum CodingKeys: String, CodingKey {
            case folder, profile
            case reportCount = "report_count"
        }
    }

    static func main() throws {
        guard CommandLine.arguments.count == 2 else { fatalError("figures SEEDED.json") }
        let told = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
        let seeded = try JSONDecoder().decode(Seeded.self, from: told)
        each("call that answers yes or no") { _ = hasCipher() }
        each("call that answers a short text") { _ = libraryVersion() }

        let query = ListQuery(tab: .mine, after: nil, limit: 50)
        let opens = try (0..<5).map { _ in
            try timed { _ = try open(seeded).reports(query: query) }
        }
        say(
            "cold open with \(seeded.reportCount) reports to the first page, median of 5", median(opens),
            "ms",
            "150 ms")
        let device = try open(seeded)
        let pages = try (0..<50).map { _ in try timed { _ = try device.reports(query: query) } }
        say("page of 50 of \(seeded.reportCount) reports, median", median(pages), "ms", "16 ms")
    }

    /// Says what one of many small calls takes, once the first ones have warmed up.
    private static func each(_ what: String, _ call: () -> Void) {
        let count = 20_000
        for _ in 0..<count / 5 { call() }
        let took = timed { for _ in 0..<count { call() } }
        say(what, took * 1_000 / Double(count), "µs", "20 µs")
    }

    /// Opens the phone's folder anew, as after a start of the app.
    private static func open(_ seeded: Seeded) throws -> Device {
        let phone = try Phone.open(
            folder: seeded.folder, appVersion: "figures", deviceLabel: "figures", noBackupFolder: nil,
            rootsPem: Data())
        return try phone.device(profile: seeded.profile, key: nil)
    }

    /// How long something takes, in ms.
    private static func timed(_ work: () throws -> Void) rethrows -> Double {
        let took = try ContinuousClock().measure(work)
        return Double(took.components.seconds) * 1_000 + Double(took.components.attoseconds) / 1e15
    }

    private static func median(_ figures: [Double]) -> Double { figures.sorted()[figures.count / 2] }

    private static func say(_ what: String, _ value: Double, _ unit: String, _ goal: String) {
        let rounded = (value * 100).rounded() / 100
        print("figure: \(what): \(rounded) \(unit) (goal \(goal))")
    }
}
