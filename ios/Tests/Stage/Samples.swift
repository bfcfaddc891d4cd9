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
        let signature = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        return signature + chunk("IHDR", header) + chunk("IDAT", stored(rows)) + chunk("IEND", Data())
    }

    /// The beginning of a HEIC file.
    public static let heic = Data([0, 0, 0, 24]) + Data("ftypheic".utf8) + Data(repeating: 0, count: 64)

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
