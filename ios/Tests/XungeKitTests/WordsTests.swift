// Words: every key in both languages, placeholders in their places, times as people say them.
import Foundation
import Stage
import Testing
import XungeCore
@testable import XungeKit

@Suite struct WordsTests {
    private func words(_ language: Words.Language) throws -> Words {
        let catalogue = Town.clone.appendingPathComponent("ios/Xunge/Localizable.xcstrings")
        return Words(
            language, table: try CatalogueTable(catalogue: Data(contentsOf: catalogue), language: language))
    }

    @Test func everyKeyHasWordsInBothLanguages() throws {
        for language in Words.Language.allCases {
            let table = try CatalogueTable(
                catalogue: Data(
                    contentsOf: Town.clone.appendingPathComponent("ios/Xunge/Localizable.xcstrings")),
                language: language)
            for key in Key.allCases {
                #expect(table.text(key.rawValue)?.isEmpty == false, "\(language) \(key)")
            }
        }
    }

    @Test func argumentsTakeTheirPlaces() {
        #expect(Words.fill("%1$@ at %2$lld%%, %1$@", ["a", "7"]) == "a at 7%, a")
        #expect(Words.fill("100 %", []) == "100 %")
        #expect(Words.fill("%3$@.", ["a"]) == ".")
    }

    @Test func namesOfTheCoreHaveWords() throws {
        let zh = try words(.chinese)
        #expect(zh.named("state", ReportState.fedBack) == "已反馈")
        #expect(zh.named("action", ActionKind.takeOn) == "网格内处置")
        #expect(zh.named("refusal", Refusal.notAllReportedIn) == "还有被叫到的部门没有到")
        #expect(zh.act(.passUp(to: .village)) == "提级")
        #expect(zh.named("state", "from_a_newer_server") == "from_a_newer_server")
    }

    @Test func timesAreTheTownshipsOwn() throws {
        let zh = try words(.chinese)
        // 2026-11-22T01:30:00Z is 09:30 in the township.
        let at: Timestamp = 1_795_311_000_000
        #expect(zh.time(at, now: at + 60_000) == "今天 09:30")
        #expect(zh.time(at, now: at + 86_400_000) == "昨天 09:30")
        #expect(zh.time(at, now: at + 15 * 3_600_000) == "昨天 09:30")
        #expect(zh.time(at, now: at + 5 * 86_400_000) == "11月22日 09:30")
        #expect(zh.time(at, now: at + 60 * 86_400_000) == "2026年11月22日")
        #expect(zh.day("2026-11-02") == "11月2日" && zh.day("soon") == "soon")
    }

    @Test func amountsHaveTheirUnits() throws {
        let (zh, en) = (try words(.chinese), try words(.english))
        #expect(zh.distance(87.6) == "88 米")
        #expect(en.distance(1_234) == "1.2 km")
        #expect(zh.duration(90 * 60_000) == "1 小时 30 分钟")
        #expect(zh.duration(-5) == "0 分钟")
        #expect(zh.distance(.nan) == "0 米")
        #expect(en.size(3 * 1_024 * 1_024) == "3.0 MB")
    }

    @Test func problemsNameTheirFieldAndRule() throws {
        let zh = try words(.chinese)
        let missing = InputProblem(field: "category", rule: "", ruleJson: #"{"rule":"missing"}"#)
        #expect(zh.problem(missing) == "类别：还没有填")
        let long = InputProblem(
            field: "description", rule: "", ruleJson: #"{"rule":"too_long","chars_max":2000}"#)
        #expect(zh.problem(long) == "说明：太长，最多 2000 个字")
        let strange = InputProblem(field: "", rule: "", ruleJson: "")
        #expect(zh.problem(strange) == "请再看一看")
    }

    @Test func sendingNeverSpeaksOfConflicts() throws {
        var sending = Sending()
        sending.unsentCount = 3
        sending.attachmentCount = 2
        sending.attachmentBytes = 2_000_000
        let lines = try words(.chinese).sending(sending)
        #expect(lines.contains("3 件等待发送"))
        #expect(lines.contains("已保存在本机，等有信号自动发送"))
        sending = Sending()
        (sending.sentCount, sending.toSendCount, sending.succeededAt) = (12, 12, Words.now())
        #expect(try words(.chinese).sending(sending).contains("已收到 12/12"))
        for word in ["冲突", "同步错误", "conflict", "outbox"] {
            for language in Words.Language.allCases {
                let words = try words(language)
                #expect(!Key.allCases.contains { words($0).lowercased().contains(word) }, "\(word)")
            }
        }
    }

    @Test func textIsReadableInSunInEveryScheme() {
        for palette in [Palette.light, .dark, .lightContrast, .darkContrast] {
            for ground in [palette.ground, palette.card] {
                for text in [palette.text, palette.quietText, palette.primary, palette.care] {
                    #expect(contrast(text, ground) >= 7)
                }
            }
            #expect(contrast(palette.onPrimary, palette.primary) >= 7)
            #expect(contrast(palette.onCare, palette.care) >= 7)
        }
    }

    /// The ratio of WCAG 2.
    private func contrast(_ one: Tone, _ other: Tone) -> Double {
        func luminance(_ tone: Tone) -> Double {
            func linear(_ part: Double) -> Double {
                part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(tone.red) + 0.7152 * linear(tone.green) + 0.0722 * linear(tone.blue)
        }
        let (light, dark) = (max(luminance(one), luminance(other)), min(luminance(one), luminance(other)))
        return (light + 0.05) / (dark + 0.05)
    }
}
