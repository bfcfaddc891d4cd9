// A real township's server as a process of its own, on loopback, with the project's samples as its directory.
import Foundation

/// What went wrong while the stage was set.
public struct StageProblem: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
}

/// A running server. The folder goes when it is stopped.
public final class Town {
    public let folder: URL
    public let link: Link
    private let binary: String
    private let data: String
    private let process = Process()

    /// The clone's folder, from this file's own path.
    public static let clone = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Makes the data, takes the samples in, and serves; phones reach it over a link that can be cut.
    public init() throws {
        let built = ProcessInfo.processInfo.environment["CORE_LIBRARY"] ?? "../target/debug"
        binary = URL(fileURLWithPath: built).appendingPathComponent("xunge-server").path
        folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
            "xunge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        data = folder.appendingPathComponent("server").path
        _ = try Town.run(binary, ["init", "--county", "QH:青禾县", "--township", "QX:青溪镇", "--data", data])
        let samples = Town.clone.appendingPathComponent("docs/samples")
        for (kind, file) in [
            ("units", "units.csv"), ("grids", "grids.geojson"), ("people", "people.csv"),
            ("posts", "posts.csv"),
            ("categories", "categories.csv"), ("calendar", "calendar.csv"),
            ("key-places", "key-places.geojson"),
        ] {
            let path = samples.appendingPathComponent(file).path
            _ = try Town.run(binary, ["import", kind, path, "--data", data])
        }
        link = try Link()
        try serve()
    }

    /// The text of an enrolment code for a person, over the link.
    public func code(for person: String) throws -> String {
        let said = try Town.run(
            binary, ["enrol", person, "--text", "--url", "http://127.0.0.1:\(link.port)", "--data", data])
        guard let line = said.split(separator: "\n").last else { throw StageProblem(description: "no code") }
        return String(line).trimmingCharacters(in: .whitespaces)
    }

    /// The room acts on a report.
    public func act(_ report: String, _ action: String, as person: String, _ more: String...) throws {
        _ = try Town.run(binary, ["act", report, action, "--as", person, "--data", data] + more)
    }

    /// Another command of the server.
    public func command(_ arguments: String...) throws -> String {
        try Town.run(binary, arguments + ["--data", data])
    }

    public func stop() {
        link.close()
        // Not asked but ended: a server that is asked waits for phones that hold their connections.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    private func serve() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0"]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        var said = ""
        while true {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw StageProblem(description: "the server ended: \(said)") }
            said += String(decoding: more, as: UTF8.self)
            let whole = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            guard let line = whole.first(where: { $0.contains("http://127.0.0.1:") }),
                let digits = line.components(separatedBy: "http://127.0.0.1:").last?.prefix(
                    while: \.isNumber),
                let number = UInt16(digits)
            else { continue }
            link.leads(to: number)
            // Whatever it says later is read away, so that it never stands still on a full pipe.
            output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
            return
        }
    }

    private static func run(_ binary: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        process.currentDirectoryURL = clone
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let wrong = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = String(decoding: wrong, as: UTF8.self)
            throw StageProblem(description: "\(arguments.joined(separator: " ")): \(words)")
        }
        return String(decoding: said, as: UTF8.self)
    }
}
