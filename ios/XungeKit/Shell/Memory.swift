// What the shell itself remembers: looks and language, never anything of the work. That is the core's.
import Foundation
import Synchronization

/// A few small facts, durable on a phone.
public protocol Memory: Sendable {
    func fact(_ name: String) -> String?
    func remember(_ name: String, _ value: String?)
}

/// The phone's own defaults.
public final class DefaultsMemory: Memory {
    public init() {}

    public func fact(_ name: String) -> String? { UserDefaults.standard.string(forKey: "xunge.\(name)") }

    public func remember(_ name: String, _ value: String?) {
        UserDefaults.standard.set(value, forKey: "xunge.\(name)")
    }
}

/// Forgets when the process ends.
public final class BriefMemory: Memory {
    private let facts = Mutex<[String: String]>([:])

    public init() {}

    public func fact(_ name: String) -> String? { facts.withLock { $0[name] } }

    public func remember(_ name: String, _ value: String?) { facts.withLock { $0[name] = value } }
}

/// How the screens look.
public struct Looks: Equatable, Sendable {
    /// Text sizes that can be chosen, in percent of the platform's own.
    public static let textPercents = [100, 130, 160, 200]

    /// nil: as the phone.
    public var language: Words.Language?
    public var textPercent: Int
    public var isHighContrast: Bool

    /// What was chosen; what was not chosen is as the phone has it.
    public init(_ memory: any Memory) {
        language = memory.fact("language").flatMap(Words.Language.init)
        textPercent = memory.fact("text_percent").flatMap(Int.init) ?? 100
        isHighContrast = memory.fact("contrast") == "high"
    }

    public func keep(in memory: any Memory) {
        memory.remember("language", language?.rawValue)
        memory.remember("text_percent", String(textPercent))
        memory.remember("contrast", isHighContrast ? "high" : nil)
    }
}
