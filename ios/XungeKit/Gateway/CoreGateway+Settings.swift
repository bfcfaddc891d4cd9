// What is set for a profile, what it takes up, what is typed and not sent yet, and what must be told once.
import Foundation
import XungeCore

extension CoreGateway {
    /// What happened to the phone's data and must be told once.
    public func notices() async throws -> [StoreNotice] { try await device("notices") { try $0.notices() } }

    public func dismissNotice(_ id: Int64) async throws {
        try await device("dismiss_notice") { try $0.dismissNotice(id: id) }
    }

    /// Keeps what is being typed about something, so that a kill does not take it; no words, or empty ones alone, take it back.
    public func keep(_ words: [String: String], about: String) async throws {
        let filled = words.filter { !$0.value.isEmpty }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = filled.isEmpty ? "" : String(decoding: try encoder.encode(filled), as: UTF8.self)
        try await device("keep_words") { try $0.keepWords(about: about, words: text) }
    }

    /// What was kept about something; empty where nothing was.
    public func kept(about: String) async throws -> [String: String] {
        let text = try await device("kept_words") { try $0.keptWords(about: about) } ?? ""
        if text.isEmpty { return [:] }
        // Whatever it was, the words are not lost.
        return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? ["text": text]
    }

    public func isWifiOnly() async throws -> Bool {
        try await device("settings") { try $0.settings().isWifiOnly }
    }

    public func setWifiOnly(_ isOn: Bool) async throws {
        try await device("set_wifi_only") { try $0.setWifiOnly(isWifiOnly: isOn) }
    }

    public func storage() async throws -> StorageUse {
        try await device("storage", .media) { try $0.storage() }
    }

    /// The version of the core.
    public nonisolated var coreVersion: String { libraryVersion() }
}
