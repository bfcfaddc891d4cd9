// The colours of all screens: one primary colour, one for what needs care. Text on ground has at least 7:1 in every scheme; a test holds that.

/// A colour in sRGB, each part 0...1.
public struct Tone: Equatable, Sendable {
    public let red: Double
    public let green: Double
    public let blue: Double

    init(_ rgb: Int) {
        red = Double(rgb >> 16 & 0xff) / 255
        green = Double(rgb >> 8 & 0xff) / 255
        blue = Double(rgb & 0xff) / 255
    }
}

/// The colours of one scheme.
public struct Palette: Equatable, Sendable {
    public let ground: Tone
    public let card: Tone
    public let text: Tone
    public let quietText: Tone
    public let primary: Tone
    public let onPrimary: Tone
    public let care: Tone
    public let onCare: Tone
    public let edge: Tone

    public static let light = Palette(
        ground: Tone(0xffffff), card: Tone(0xf1f5f4), text: Tone(0x101817), quietText: Tone(0x3a4644),
        primary: Tone(0x0b5a5a), onPrimary: Tone(0xffffff), care: Tone(0x8a1c1c), onCare: Tone(0xffffff),
        edge: Tone(0x5c6b69))
    public static let dark = Palette(
        ground: Tone(0x0e1413), card: Tone(0x1a2322), text: Tone(0xf2f6f5), quietText: Tone(0xc3cecc),
        primary: Tone(0x8fd6d2), onPrimary: Tone(0x0a1f1e), care: Tone(0xffb3ab), onCare: Tone(0x3a0907),
        edge: Tone(0x8fa09d))
    public static let lightContrast = Palette(
        ground: Tone(0xffffff), card: Tone(0xffffff), text: Tone(0x000000), quietText: Tone(0x000000),
        primary: Tone(0x003b3b), onPrimary: Tone(0xffffff), care: Tone(0x6b0000), onCare: Tone(0xffffff),
        edge: Tone(0x000000))
    public static let darkContrast = Palette(
        ground: Tone(0x000000), card: Tone(0x000000), text: Tone(0xffffff), quietText: Tone(0xffffff),
        primary: Tone(0xb6fffb), onPrimary: Tone(0x000000), care: Tone(0xffd0cb), onCare: Tone(0x000000),
        edge: Tone(0xffffff))

    /// Ground of the map: seen, unknown, not seen; different in brightness too, so that no colour has to be told apart.
    public static let seen = Tone(0x7cc4a4)
    public static let unknown = Tone(0xd9d2b0)
    public static let unseen = Tone(0xf6b8a8)

    /// The scheme for these looks.
    public static func of(isDark: Bool, isHighContrast: Bool) -> Palette {
        switch (isDark, isHighContrast) {
        case (false, false): light
        case (true, false): dark
        case (false, true): lightContrast
        case (true, true): darkContrast
        }
    }
}
