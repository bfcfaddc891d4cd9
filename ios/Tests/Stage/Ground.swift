// The ground that all languages walk on, `xunge-stage --journey`: a real server behind a link that can be cut, codes, files, and a port for
// what a phone cannot do.
import Foundation

/// A stage that stands until it is stopped.
public final class Ground {
    /// What the stage says of itself.
    public struct Programme: Decodable, Sendable {
        public struct Part: Decodable, Sendable {
            public let name: String
            public let code: String
            public let codePng: String
            enum CodingKeys: String, CodingKey {
                case name, code
                case codePng = "code_png"
            }
        }
        public struct Spot: Decodable, Sendable {
            public let latDeg: Double
            public let lonDeg: Double
            enum CodingKeys: String, CodingKey {
                case latDeg = "lat_deg"
                case lonDeg = "lon_deg"
            }
        }
        public struct Category: Decodable, Sendable {
            public let id: String
            public let version: UInt32
        }
        public let url: String
        public let control: String
        public let grid: String
        public let position: Spot
        public let category: Category
        public let cast: [String: Part]
        public let codes: [String: String]
        public let files: [String: String]
    }

    public let programme: Programme
    private let process = Process()
    private let input = Pipe()

    /// Lays it out in `folder`, which is emptied first; `build` has the programs.
    public init(build: URL, folder: URL) throws {
        let output = Pipe()
        process.executableURL = build.appendingPathComponent("xunge-stage")
        process.arguments = ["--journey", folder.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var said = Data()
        while said.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw StageProblem(description: "the stage does not stand") }
            said += more
        }
        programme = try JSONDecoder().decode(Programme.self, from: said)
    }

    /// Tells the stage to do something: `ask("cut")`, `ask("order", ["grid": …])`.
    @discardableResult
    public func ask(_ word: String, _ given: [String: String] = [:]) throws -> Data {
        var address = URLComponents(string: "\(programme.control)/\(word)")
        address?.queryItems = given.sorted { $0.key < $1.key }.map {
            URLQueryItem(name: $0.key, value: $0.value)
        }
        let answer = try sendHttp("POST", address?.string ?? "")
        guard answer.status == 200 else {
            throw StageProblem(description: "\(word): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer.body
    }

    /// Somebody at a desk acts; `action` is the act as JSON.
    public func act(_ report: String, by login: String, _ action: String, text: String) throws {
        try ask("act", ["report": report, "by": login, "action": action, "text": text])
    }

    public func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
