// The same two journeys, pressed: buttons found by their names, texts read from the screens, in Chinese and in English.
import Foundation
import Stage
import SwiftUI
import Testing
import XungeKit
@testable import XungeScreens

@MainActor @Suite(.serialized) struct PressedJourneyTests {
    @Test(arguments: [Words.Language.chinese, .english])
    func theTwoJourneysCanBePressed(_ language: Words.Language) async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try Finger(try Hand(folder: town.folder, label: "worker"), language)
        let chief = try Finger(try Hand(folder: town.folder, label: "chief"), language)
        try await enrol(worker, town.code(for: "W001"))
        try await enrol(chief, town.code(for: "C001"))
        await capture(worker, town)
        await chief.hand.sync()
        await giveBack(chief, town)
        await chief.hand.sync()
        await worker.hand.sync()
        #expect(worker.hand.platform.told.contains { $0.title.contains("违章广告") && $0.text.contains("照片看不清") })
        await mend(worker)
        await worker.hand.sync()
        await chief.hand.sync()
        // On the report's own page; a card has the same act.
        await chief.press(.decisionsLook, prefixed: true)
        await chief.press(.actionPassUp)
        chief.see(.reportToLevel)
        await chief.press(.commonCancel)
        await chief.press(.actionApprove)
        chief.see(chief.words(.decisionsDone, chief.words(.actionApprove)))
        await chief.swipeBack()
        await chief.hand.sync()
        await worker.hand.sync()
        worker.see(.stateQueued)
        worker.see(.reportStory)
    }

    private func enrol(_ finger: Finger, _ code: String) async throws {
        await finger.hand.app.start()
        finger.see(.enrolIntro)
        finger.hand.platform.scan = .code("https://example.com/menu")
        await finger.press(.enrolScan)
        finger.see(.enrolNotOurs)
        finger.hand.platform.scan = .code(code)
        await finger.press(.enrolScan)
        await finger.press(.enrolGo)
        finger.see(.noticeTitle)
        finger.see(.noticeNotText)
        await finger.press(.noticeAgree)
        finger.see(finger.words.language == .chinese ? "您好" : "Hello")
    }

    /// Without a signal: photo, place, category by pinyin initials, words, a voice note; handed in; the signal comes back.
    private func capture(_ worker: Finger, _ town: Town) async {
        town.link.cut()
        await worker.press(.homeReport)
        await worker.press(.captureTake)
        worker.hand.platform.upMs += 2_000
        worker.hand.platform.say(.claim(Samples.claim))
        guard case .capture(let report) = worker.hand.app.front else { return }
        await worker.hand.app.capture(report).take(.claim(Samples.claim), afterMs: 2_000)
        worker.see(worker.words(.captureQualityGood, 8))
        await worker.press(.captureSubmit)
        worker.see(.captureMissing)
        worker.see(worker.words(.ruleMissing))
        await worker.press(.captureCategoryChoose)
        await worker.type(.categorySearch, "wzgg")
        await worker.press("违章广告")
        await worker.press("大小 大")
        await worker.type(.captureWords, "路灯杆上挂着横幅")
        await worker.press(.captureVoiceStart)
        worker.hand.platform.upMs += 7_000
        await worker.press(worker.words(.captureVoiceStop, 0))
        await worker.press(.capturePlaceChoose)
        await worker.type(.placeText, "王家桥头")
        await worker.press(.commonDone)
        await worker.type(.capturePersonName, "王大爷")
        await worker.press("\(worker.words(.capturePersonSave)) · \(worker.words(.partInformant))")
        worker.see(.capturePersonHidden)
        await worker.press(.captureSubmit)
        worker.see(.captureSent)
        await worker.press(.commonDone)
        worker.see(.statusSavedWaiting)
        town.link.mend()
        await worker.hand.sync()
        worker.see(.statusAllSent)
    }

    /// On a bus without a signal: a reason, and the decision waits on his phone.
    private func giveBack(_ chief: Finger, _ town: Town) async {
        town.link.cut()
        await chief.hand.app.refresh()
        await chief.press(chief.words(.homeDecisions, 1))
        chief.see("违章广告")
        await chief.press(.actionReturn, prefixed: true)
        await chief.type(.decisionsWords, "照片看不清")
        await chief.press(.decisionsReturnSend)
        chief.see(.decisionsUnsent)
        town.link.mend()
    }

    private func mend(_ worker: Finger) async {
        worker.see(.homeReturned)
        worker.see("照片看不清")
        let row = worker.look().touchables.first { $0.name.contains("照片看不清") }
        row?.press()
        await worker.hand.rest()
        worker.see(.reportWhy)
        await worker.press(.reportEdit)
        await worker.type(.reportContent, "两条横幅，换了照片")
        await worker.press(.reportAddPicture)
        await worker.press(.reportResubmit)
    }
}

extension Finger {
    /// Presses the first thing whose name begins so.
    func press(_ key: Key, prefixed: Bool, _ place: SourceLocation = #_sourceLocation) async {
        let name = look(place).touchables.first { $0.name.hasPrefix(words(key) + " ") }?.name
        await press(name ?? words(key), place)
    }
}
