// Every screen in its first state, in both languages; what the looks promise.
import Foundation
import Stage
import SwiftUI
import Testing
import XungeKit
@testable import XungeScreens

@MainActor @Suite(.serialized) struct LookTests {
    @Test func theReportButtonIsBiggerThanAll() {
        #expect(render(Tap("上报", isBig: true) {}).minHeight >= 96)
        #expect(render(Tap("设置") {}).minHeight >= 56)
    }

    @Test(arguments: [Words.Language.chinese, .english])
    func everyScreenOpensAndCanBeLeft(_ language: Words.Language) async throws {
        let town = try Town()
        defer { town.stop() }
        let finger = try Finger(try await town.phone("worker", of: "W001"), language)
        let draft = try await finger.hand.app.gateway.beginDraft()
        let task = TaskName(kind: "check", report: nil, place: nil)
        let titles: [(Route, Key)] = [
            (.reports, .reportsTitle), (.decisions, .decisionsTitle), (.tasks, .tasksTitle),
            (.patrol, .patrolTitle),
            (.selfTest, .selftestTitle), (.coverage, .coverageTitle), (.dayLog, .daylogTitle),
            (.attention, .attentionTitle), (.settings, .settingsTitle), (.profiles, .profilesTitle),
            (.notice, .noticeTitle), (.enrol, .enrolTitle), (.capture(draft), .captureTitle),
            (.category(draft), .categoryTitle), (.place(draft), .placeTitle), (.hint(draft), .hintTitle),
            (.task(task), .taskTitle), (.card(draft), .cardTitle), (.report(draft), .reportTitle),
        ]
        for (route, title) in titles {
            finger.hand.app.go(route)
            await finger.hand.rest()
            finger.see(title)
            #expect(
                !finger.look().texts.contains { $0.contains("_") && Key(rawValue: $0) != nil },
                "\(route) shows a key")
            await finger.swipeBack()
            #expect(finger.hand.app.front == .home)
        }
    }

    /// What shows only after something happened: the map of a walk, the card of a matter that is over.
    @Test(arguments: [Words.Language.chinese, .english])
    func aWalkAndACardAreDrawn(_ language: Words.Language) async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("worker", of: "W001")
        let finger = try Finger(hand, language)
        hand.app.go(.patrol)
        await hand.rest()
        await finger.press(.patrolStart)
        await hand.walk(fixes: 30)
        await hand.app.patrol.handle(.appeared)
        finger.see(.patrolLegendSeen)
        await finger.press(.patrolNext)
        await finger.swipeBack()
        let report = try await hand.file("路灯杆上挂着横幅")
        hand.app.go(.card(report))
        await hand.rest()
        finger.see(.cardTitle)
        await finger.press("\(finger.words(.cardBefore)) 2-2")
        finger.see(finger.words(.cardBlurred, 1))
        await finger.press("\(finger.words(.cardClear)) \(finger.words(.cardBefore))")
        #expect(!finger.look().texts.contains(finger.words(.cardBlurred, 1)))
    }

    @Test func looksAreKeptAndTakeHoldAtOnce() async throws {
        let town = try Town()
        defer { town.stop() }
        let memory = BriefMemory()
        let hand = try await town.phone("worker", of: "W001", memory: memory)
        let finger = try Finger(hand, .chinese)
        hand.app.go(.settings)
        await hand.rest()
        await finger.press(finger.words(.settingsTextPercent, 200))
        await finger.press(.settingsContrast)
        await finger.press(.settingsLanguageEn)
        #expect(hand.app.looks == Looks(memory))
        #expect(hand.app.looks.textPercent == 200 && hand.app.looks.isHighContrast)
        #expect(hand.app.language == .english)
    }
}
