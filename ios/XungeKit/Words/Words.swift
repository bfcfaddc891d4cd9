// Texts on screen, by key and language. Chinese first, English complete; nothing here decides which text is shown.
import Foundation
import XungeCore

/// Where texts come from: the app's bundle on a phone, the catalogue's file in tests.
public protocol WordTable: Sendable {
    /// The text with its placeholders (`%1$@`, `%1$lld`), or nil where there is none.
    func text(_ key: String) -> String?
}

/// The words of one language.
public struct Words: Sendable {
    /// The languages of the app.
    public enum Language: String, CaseIterable, Sendable {
        case chinese = "zh-Hans"
        case english = "en"
    }

    public let language: Language
    private let table: any WordTable
    /// Days and times on screen are the township's, whatever the phone is set to.
    static let townshipZone = TimeZone(identifier: "Asia/Shanghai") ?? .gmt

    public init(_ language: Language, table: any WordTable) {
        self.language = language
        self.table = table
    }

    /// The text of a key with its arguments in place.
    public func callAsFunction(_ key: Key, _ arguments: any CustomStringConvertible...) -> String {
        guard let text = table.text(key.rawValue) else { return key.rawValue }
        return Words.fill(text, arguments.map(\.description))
    }

    /// The text of a name that the core says (`state` and `fedBack` make `state_fed_back`); the name itself where the shells do not know it.
    public func named(_ prefix: String, _ value: Any) -> String {
        let name = Words.snake("\(value)")
        guard let key = Key(rawValue: "\(prefix)_\(name)") else { return name }
        return self(key)
    }

    /// `fedBack` as `fed_back`.
    static func snake(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase && !text.isEmpty { text.append("_") }
            text.append(contentsOf: letter.lowercased())
        }
    }

    /// Puts arguments in the place of `%1$@` and `%1$lld`, and `%` in the place of `%%`.
    static func fill(_ text: String, _ arguments: [String]) -> String {
        var filled = ""
        var rest = Substring(text)
        while let percent = rest.firstIndex(of: "%") {
            filled += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                filled += "%"
                rest = rest.dropFirst()
                continue
            }
            let number = rest.prefix { $0.isNumber }
            let behind = rest.dropFirst(number.count)
            guard let at = Int(number), let ending = ["$@", "$lld"].first(where: behind.hasPrefix) else {
                filled += "%"
                continue
            }
            rest = behind.dropFirst(ending.count)
            if arguments.indices.contains(at - 1) { filled += arguments[at - 1] }
        }
        return filled + rest
    }
}

/// The texts of a String Catalogue's file, for machines without Xcode.
public struct CatalogueTable: WordTable {
    private let texts: [String: String]

    /// Reads one language of a catalogue.
    public init(catalogue: Data, language: Words.Language) throws {
        struct Catalogue: Decodable {
            struct Unit: Decodable { let value: String }
            struct Localization: Decodable { let stringUnit: Unit }
            struct Entry: Decodable { let localizations: [String: Localization] }
            let strings: [String: Entry]
        }
        let whole = try JSONDecoder().decode(Catalogue.self, from: catalogue)
        texts = whole.strings.compactMapValues { $0.localizations[language.rawValue]?.stringUnit.value }
    }

    public func text(_ key: String) -> String? { texts[key] }
}

/// The texts of a bundle, in the language asked for and not in the phone's.
public struct BundleTable: WordTable {
    private let path: String?

    public init(language: Words.Language) {
        path = Bundle.main.path(forResource: language.rawValue, ofType: "lproj")
    }

    public func text(_ key: String) -> String? {
        guard let path, let bundle = Bundle(path: path) else { return nil }
        let text = bundle.localizedString(forKey: key, value: "\u{0}", table: nil)
        return text == "\u{0}" ? nil : text
    }
}
