// The steps of tests/bindings/journey.txt, counted as they are walked.
import Foundation
import XungeCore
import XungeKit

/// Holds the journey to its steps: each is the next one, and none is left out.
final class Walk {
    private let steps: [String]
    private var passed = 0
    private var failed = 0

    init(_ file: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        steps = text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    /// One step. Another than the next one ends the walk: from there on nothing would be comparable.
    func claim(_ what: String, _ holds: Bool) {
        let number = passed + failed
        guard number < steps.count, steps[number] == what else {
            let step = number < steps.count ? steps[number] : "the end"
            fatalError("the next step is not `\(what)` but `\(step)`")
        }
        if holds {
            passed += 1
        } else {
            failed += 1
            print("failed: \(what)")
        }
    }

    /// Prints the counts; whether every step was walked, and held.
    func ended() -> Bool {
        let left = steps.dropFirst(passed + failed)
        if let first = left.first { print("not walked: \(first) and what follows") }
        print("swift: \(passed) passed, \(failed + left.count) failed")
        return failed + left.count == 0
    }
}

/// Whether a call fails, and so.
func fails(_ kind: Failure.Kind, _ call: () throws -> Void) -> Bool {
    do {
        try call()
        return false
    } catch {
        if error is CoreError, Failure(error).kind == kind { return true }
        print("  got \(error)")
        return false
    }
}

/// The rule that what was entered breaks.
func brokenRule(_ call: () throws -> Void) -> String? {
    do {
        try call()
        return nil
    } catch {
        return Failure(error).problems.first?.rule
    }
}

/// Notes what it is told.
final class Listener: StatusObserver, @unchecked Sendable {
    private let lock = NSLock()
    private var told = 0

    var count: Int { lock.withLock { told } }

    func changed(status: SyncStatus) { lock.withLock { told += 1 } }
}
