// Times, distances, sizes and the core's own names as people write them.
import Foundation
import XungeCore

extension Words {
    /// An instant: 今天 09:30, 昨天 18:00, 11月20日 08:00, or with its year where it is another.
    public func time(_ at: Timestamp, now: Timestamp = Words.now()) -> String {
        let calendar = civil
        let then = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: Words.date(at))
        let clock = "\(Words.twoDigits(then.hour)):\(Words.twoDigits(then.minute))"
        let days = dayNumber(now) - dayNumber(at)
        if days == 0 { return self(.commonToday, clock) }
        if days == 1 { return self(.commonYesterday, clock) }
        let today = calendar.dateComponents([.year], from: Words.date(now))
        if then.year == today.year { return self(.commonDate, then.month ?? 0, then.day ?? 0, clock) }
        return self(.commonDateYear, then.year ?? 0, then.month ?? 0, then.day ?? 0)
    }

    /// A day as the core writes it (`2026-11-20`): 11月20日; the text itself where it is no day.
    public func day(_ text: String) -> String {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        return parts.count == 3 ? self(.commonDay, parts[1], parts[2]) : text
    }

    /// A length of time in ms, in minutes, hours or days.
    public func duration(_ lengthMs: Int64) -> String {
        let minutes = max(0, lengthMs) / 60_000
        if minutes < 60 { return self(.commonMinutes, minutes) }
        if minutes >= 48 * 60 { return self(.commonDays, minutes / (24 * 60)) }
        if minutes % 60 == 0 { return self(.commonHours, minutes / 60) }
        return self(.commonHoursMinutes, minutes / 60, minutes % 60)
    }

    /// A distance in metres.
    public func distance(_ metres: Double) -> String {
        guard metres.isFinite else { return self(.commonMetres, 0) }
        if metres < 1_000 { return self(.commonMetres, Int(metres.rounded())) }
        return self(.commonKilometres, tenths(metres / 1_000))
    }

    /// A size in bytes.
    public func size(_ bytes: UInt64) -> String {
        let kilobytes = Double(bytes) / 1_024
        if kilobytes < 1_024 { return self(.commonKilobytes, Int(kilobytes.rounded(.up))) }
        return self(.commonMegabytes, tenths(kilobytes / 1_024))
    }

    /// The words for a failure, with how long to wait where the core says so.
    public func failure(_ failure: Failure) -> String {
        if let wait = failure.retryAfterMs { return self(.errorPinWait, (wait + 999) / 1_000) }
        if let refusal = failure.refusal { return named("refusal", refusal) }
        return named("error", failure.kind.rawValue)
    }

    /// What is wrong with a field, from the core's stable names: 类别：还没有填.
    public func problem(_ problem: InputProblem) -> String {
        let name = problem.field.split(separator: "/").first.map(String.init) ?? ""
        let rule = Rule(json: problem.ruleJson)
        let text = Key(rawValue: "rule_\(rule.name)") ?? .ruleOther
        let words = self(text, rule.number ?? 0)
        guard let field = Key(rawValue: "field_\(name)") else { return words }
        return language == .chinese ? "\(self(field))：\(words)" : "\(self(field)): \(words)"
    }

    /// Why sending stopped.
    public func syncFailure(_ failure: SyncFailure) -> String {
        switch failure {
        case .transport(let error):
            switch error {
            case .offline: self(.syncOffline)
            case .timeout: self(.syncTimeout)
            case .broken: self(.syncBroken)
            case .certificate: self(.syncCertificate)
            case .badAddress: self(.syncBadAddress)
            }
        case .notTheServer: self(.syncNotTheServer)
        case .signInRequired: self(.syncSignInRequired)
        case .forbidden: self(.syncForbidden)
        case .busy: self(.syncBusy)
        case .tooLarge: self(.syncTooLarge)
        case .server: self(.syncServer)
        case .rejected: self(.syncRejected)
        case .protocol: self(.syncProtocol)
        case .cancelled: self(.syncCancelled)
        }
    }

    /// What a sync really did.
    public func syncResult(_ report: SyncReport) -> String {
        if report.storeFailure != nil { return self(.syncStorage) }
        return report.failure.map { syncFailure($0) } ?? self(.syncDone)
    }

    /// The phone's wall clock.
    public static func now() -> Timestamp { Int64((Date().timeIntervalSince1970 * 1_000).rounded()) }

    static func date(_ at: Timestamp) -> Date { Date(timeIntervalSince1970: Double(at) / 1_000) }

    private var civil: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = Words.townshipZone
        return calendar
    }

    private func dayNumber(_ at: Timestamp) -> Int {
        let local = at + Int64(Words.townshipZone.secondsFromGMT(for: Words.date(at))) * 1_000
        return Int((Double(local) / 86_400_000).rounded(.down))
    }

    private func tenths(_ number: Double) -> String {
        let rounded = Int((number * 10).rounded())
        return "\(rounded / 10).\(rounded % 10)"
    }
}

/// A rule with its number, out of the core's JSON: `"missing"` or `{"too_long": {"chars_max": 500}}` and the like.
private struct Rule {
    var name = "other"
    var number: Int?

    init(json: String) {
        guard let data = json.data(using: .utf8),
            let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        else { return }
        if let word = value as? String { name = word }
        guard let object = value as? [String: Any] else { return }
        if let word = object["rule"] as? String {
            name = word
        } else if let word = object.keys.sorted().first {
            name = word
        }
        number = Rule.firstNumber(object)
    }

    private static func firstNumber(_ value: Any) -> Int? {
        if let number = value as? Int { return number }
        guard let object = value as? [String: Any] else { return nil }
        return object.keys.sorted().lazy.compactMap { firstNumber(object[$0] as Any) }.first
    }
}

extension Words {
    /// The township's day so many days after today, `2026-11-22`.
    public static func day(after days: Int) -> String {
        let parts = local(days)
        return "\(parts.year ?? 0)-\(twoDigits(parts.month))-\(twoDigits(parts.day))"
    }

    /// The township's month, `2026-11`.
    public static func month() -> String {
        let parts = local(0)
        return "\(parts.year ?? 0)-\(twoDigits(parts.month))"
    }

    private static func local(_ days: Int) -> DateComponents {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = townshipZone
        let date = Words.date(now()).addingTimeInterval(Double(days) * 86_400)
        return calendar.dateComponents([.year, .month, .day], from: date)
    }

    private static func twoDigits(_ number: Int?) -> String {
        let text = String(number ?? 0)
        return text.count < 2 ? "0" + text : text
    }
}
