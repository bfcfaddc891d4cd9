// A finger on a screen: finds what can be touched by its name, presses it, waits until the app has done what follows.
import Foundation
import Stage
import SwiftUI
import Testing
import XungeKit
@testable import XungeScreens

@MainActor
final class Finger {
    let hand: Hand
    let words: Words
    private let table: CatalogueTable

    init(_ hand: Hand, _ language: Words.Language) throws {
        self.hand = hand
        let catalogue = Town.clone.appendingPathComponent("ios/Xunge/Localizable.xcstrings")
        table = try CatalogueTable(catalogue: Data(contentsOf: catalogue), language: language)
        words = Words(language, table: table)
        hand.app.phoneLanguage = language
        let table = table
        hand.app.table = { _ in table }
    }

    /// What is on the screen now. Whatever is drawn must be fit for gloves and for people who cannot see.
    func look(_ place: SourceLocation = #_sourceLocation) -> Node {
        let tree = render(RootView(app: hand.app))
        for target in tree.touchables {
            #expect(
                target.minHeight >= 56, "\(target.kind) \(target.name) on \(hand.app.front)",
                sourceLocation: place)
            #expect(
                !target.name.isEmpty, "a \(target.kind) without a name on \(hand.app.front)",
                sourceLocation: place)
        }
        #expect(tree.all.contains { $0.isHeader }, "no heading on \(hand.app.front)", sourceLocation: place)
        write(tree)
        Finger.noteDrawn()
        return tree
    }

    /// Presses the first thing of this name.
    func press(_ name: String, _ place: SourceLocation = #_sourceLocation) async {
        let found = look(place).touchables.filter { $0.name == name && !$0.isDisabled }
        guard let target = found.first else {
            let names = look(place).touchables.map(\.name)
            Issue.record(
                "nothing to press called \(name) on \(hand.app.front): \(names)", sourceLocation: place)
            return
        }
        target.press()
        await hand.rest()
    }

    func press(_ key: Key, _ place: SourceLocation = #_sourceLocation) async {
        await press(words(key), place)
    }

    /// Types into the field of this name, as a whole.
    func type(_ key: Key, _ text: String, _ place: SourceLocation = #_sourceLocation) async {
        guard let field = look(place).all.first(where: { $0.kind == "TextField" && $0.name == words(key) })
        else {
            Issue.record("no field called \(words(key)) on \(hand.app.front)", sourceLocation: place)
            return
        }
        field.type(text)
        await hand.rest()
    }

    /// Holds that a text stands on the screen.
    func see(_ text: String, _ place: SourceLocation = #_sourceLocation) {
        let texts = look(place).texts
        #expect(
            texts.contains { $0.contains(text) }, "\(text) is not on \(hand.app.front): \(texts)",
            sourceLocation: place)
    }

    func see(_ key: Key, _ place: SourceLocation = #_sourceLocation) { see(words(key), place) }

    /// Back by the system's own gesture.
    func swipeBack() async {
        hand.app.path.removeLast()
        await hand.rest()
    }

    private static var noted: Set<String> = []

    /// Which views were drawn, into the file that is named for it: at the end every one must have been.
    static func noteDrawn() {
        guard let file = ProcessInfo.processInfo.environment["DRAWN"], noted != drawn else { return }
        noted = drawn
        try? drawn.sorted().map { $0 + "\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Every different look of every screen as a text, where a folder for that is named (`make screens-ios`).
    private func write(_ tree: Node) {
        guard let folder = ProcessInfo.processInfo.environment["TREES"] else { return }
        let text = tree.lines.joined(separator: "\n") + "\n"
        let screen = "\(hand.app.front)".prefix { $0 != "(" }
        let home = "\(folder)/\(words.language.rawValue)"
        try? FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        for number in 1..<100 {
            let file = "\(home)/\(screen)-\(number).txt"
            if let there = try? String(contentsOfFile: file, encoding: .utf8) {
                if there == text { return }
            } else {
                try? text.write(toFile: file, atomically: true, encoding: .utf8)
                return
            }
        }
    }
}
