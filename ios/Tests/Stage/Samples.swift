// Pictures, recordings and places that the tests put into the phone.
import Foundation
import XungeKit

/// Small files and positions.
public enum Samples {
    /// A position in the sample's first grid, good to 8 m.
    public static let claim = PlaceClaim(
        position: Position(latDeg: 28.304, lonDeg: 120.905), accuracyM: 8, provider: .satellite,
        isMock: false, ageMs: 0)

    /// One second of AAC-LC, the one that the core's own tests take.
    public static func voice() throws -> Data {
        try Data(contentsOf: Town.clone.appendingPathComponent("core/attachment/tests/attachment/note.m4a"))
    }

    /// The same second as a recorder writes it: frame by frame, each behind a header of its own.
    public static func voiceStream() throws -> Data {
        let note = try voice()
        func after(_ name: String) -> Int { note.firstRange(of: Data(name.utf8))?.upperBound ?? note.count }
        func number(_ at: Int) -> Int { note[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        let table = after("stsz") + 8
        var (sound, stream) = (after("mdat"), Data())
        for frame in 0..<number(table) {
            let size = number(table + 4 + frame * 4)
            let length = size + 7
            let parts = [
                0xff, 0xf1, 0x60, 0x40 | length >> 11, length >> 3 & 0xff, (length & 7) << 5 | 0x1f, 0xfc,
            ]
            stream.append(contentsOf: parts.map { UInt8($0) })
            stream.append(note[sound..<sound + size])
            sound += size
        }
        return stream
    }

    /// A plain picture of 64 x 48 pixels; `shade` makes each a different one.
    public static func picture(shade: UInt8 = 90) -> Data {
        var rows = Data()
        for y in 0..<48 {
            rows.append(0)
            for x in 0..<64 { rows.append(contentsOf: [UInt8(x * 4), UInt8(y * 5), shade]) }
        }
        var header = Data()
        for number in [64, 48] as [UInt32] { header.append(big(number)) }
        header.append(contentsOf: [8, 2, 0, 0, 0])
        return pngSignature + chunk("IHDR", header) + chunk("IDAT", stored(rows)) + chunk("IEND", Data())
    }

    /// A grey JPEG of 10,000 x 10,000 pixels as a camera writes them, line by line. Both tables know one code of one bit, so that every block
    /// is two bits, all of them 0.
    public static func hugeJpeg() -> Data {
        func part(_ marker: UInt8, _ body: [UInt8]) -> Data {
            Data([0xff, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 0xff)] + body)
        }
        let side: [UInt8] = [0x27, 0x10]
        let oneCode = [1] + [UInt8](repeating: 0, count: 15) + [0]
        let blocks = 1_250 * 1_250
        return Data([0xff, 0xd8]) + part(0xdb, [0] + [UInt8](repeating: 1, count: 64))
            + part(0xc0, [8] + side + side + [1, 1, 0x11, 0]) + part(0xc4, [0x00] + oneCode)
            + part(0xc4, [0x10] + oneCode) + part(0xda, [1, 1, 0, 0, 63, 0]) + Data(count: (blocks + 3) / 4)
            + Data([0xff, 0xd9])
    }

    /// The head of a PNG of 10,000 x 10,000 pixels.
    public static func hugePng() -> Data {
        var header = Data()
        for number in [10_000, 10_000] as [UInt32] { header.append(big(number)) }
        header.append(contentsOf: [8, 2, 0, 0, 0])
        return pngSignature + chunk("IHDR", header) + chunk("IDAT", stored(Data(count: 64)))
            + chunk("IEND", Data())
    }

    /// Milliseconds since the system started, counting sleep.
    public static func uptimeMs() -> Int64 {
        let text = (try? String(contentsOfFile: "/proc/uptime", encoding: .utf8)) ?? ""
        return Int64((Double(text.split(separator: " ").first ?? "0") ?? 0) * 1_000)
    }

    /// The beginning of a HEIC file.
    public static let heic = Data([0, 0, 0, 24]) + Data("ftypheic".utf8) + Data(repeating: 0, count: 64)

    private static let pngSignature = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

    /// zlib without compression.
    private static func stored(_ bytes: Data) -> Data {
        var packed = Data([0x78, 0x01])
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(65_535)
            rest = rest.dropFirst(part.count)
            let length = UInt16(part.count)
            packed.append(rest.isEmpty ? 1 : 0)
            for number in [length, ~length] {
                packed.append(contentsOf: [UInt8(number & 0xff), UInt8(number >> 8)])
            }
            packed.append(part)
        }
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return packed + big(b << 16 | a)
    }

    private static func chunk(_ kind: String, _ data: Data) -> Data {
        let body = Data(kind.utf8) + data
        return big(UInt32(data.count)) + body + big(crc(body))
    }

    private static func crc(_ bytes: Data) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
            }
        }
    }

    private static func big(_ number: UInt32) -> Data {
        Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
    }
}
