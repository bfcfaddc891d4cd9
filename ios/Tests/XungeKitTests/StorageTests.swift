// What must outlive a full drive and the end of the app: pictures, fields, words that are not sent yet, a patrol.
import Foundation
import Stage
import Testing
import XungeCore
@testable import XungeKit

@MainActor @Suite(.serialized) struct StorageTests {
    @Test func aFullDriveIsSaidAndEverythingGoesOnWhenThereIsRoom() async throws {
        let town = try Town()
        let drive = try SmallDrive(bytes: 24 << 20)
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001", in: drive.folder)
        let capture = try await hand.begin()
        await capture.handle(.words("有地方的时候写的"))
        // The camera could still write its file, the core has no room for it any more: the file stays in the inbox.
        let file = try #require(hand.platform.put(Samples.picture(), capture.state.report, "picture.jpg"))
        drive.fill()
        hand.platform.pictureAnswer = .file(file)
        await capture.handle(.takePicture(.scene))
        #expect(capture.state.failure?.kind == .storageFull && capture.state.pictures.isEmpty)
        // Not even the camera can.
        hand.platform.pictureAnswer = nil
        await capture.handle(.takePicture(.scene))
        #expect(capture.state.failure?.kind == .storageFull)
        await capture.handle(.words("写不下的"))
        #expect(capture.state.failure?.kind == .storageFull)
        drive.free()
        await capture.handle(.appeared)
        #expect(capture.state.pictures.count == 1 && capture.state.failure == nil)
        #expect(capture.state.content?.description == "有地方的时候写的")
        await capture.handle(.words("又有地方了"))
        #expect(capture.state.content?.description == "又有地方了" && capture.state.failure == nil)
    }

    @Test func aPatrolSaysThatTheDriveIsFull() async throws {
        let town = try Town()
        let drive = try SmallDrive(bytes: 24 << 20)
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001", in: drive.folder)
        await hand.app.patrol.handle(.start)
        drive.fill()
        await hand.walk(fixes: 400)
        #expect(hand.app.recorder.failure?.kind == .storageFull)
        drive.free()
        await hand.walk(fixes: 1, after: 400)
        #expect(hand.app.recorder.failure == nil)
    }

    @Test func wordsThatAreNotSentYetOutliveTheApp() async throws {
        let town = try Town()
        defer { town.stop() }
        let (worker, chief, report) = try await town.filed()
        await chief.app.decisions.handle(.appeared)
        await chief.app.decisions.handle(.begin(report, .return))
        let phrase = try #require(chief.app.decisions.state.begun?.phrases.first { $0.code == "blurred" })
        await chief.app.decisions.handle(.act(.choose(phrase, phrase.zh)))
        await chief.app.decisions.handle(.act(.say("字也看不")))
        worker.app.go(.report(report))
        await worker.rest()
        await worker.app.report(report).handle(.note("还想补一句"))
        // The same folders, opened anew, are the phones after a kill.
        let again = try await town.started("chief")
        let decisions = again.app.decisions
        await decisions.handle(.appeared)
        let begun = try #require(decisions.state.begun)
        #expect(begun.kind == .return && begun.code == "blurred" && begun.text == "字也看不")
        await decisions.handle(.act(.send(nil)))
        #expect(decisions.state.begun == nil && decisions.state.done == .return)
        #expect(try await again.app.gateway.kept(about: "report/\(report)/act").isEmpty)
        let back = try await town.started("worker")
        back.app.go(.report(report))
        await back.rest()
        let screen = back.app.report(report)
        #expect(screen.state.note == "还想补一句")
        await screen.handle(.addNote)
        await screen.handle(.appeared)
        #expect(screen.state.note.isEmpty && screen.state.detail?.content?.notes.count == 1)
    }

    @Test func whatIsRewrittenOutlivesTheAppAndIsOneChangeInTheReport() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let report = try await worker.file("路灯杆上挂着横幅")
        try town.act(report, "return", as: "C001", "--reason", "照片看不清")
        await worker.sync()
        worker.app.go(.report(report))
        await worker.rest()
        let screen = worker.app.report(report)
        await screen.handle(.edit)
        for words in ["两", "两条", "两条横幅"] { await screen.handle(.words(words)) }
        await screen.handle(.placeText("王家桥头"))
        #expect(screen.state.detail?.content?.description == "路灯杆上挂着横幅")
        let again = try await town.started("worker")
        again.app.go(.report(report))
        await again.rest()
        let back = again.app.report(report)
        #expect(back.state.isEditing && back.state.words == "两条横幅" && back.state.placeText == "王家桥头")
        let before = try await again.app.gateway.status().unsentCount
        await back.handle(.resubmit)
        #expect(!back.state.isEditing, "\(back.state.problems) \(String(describing: back.state.failure))")
        #expect(back.state.detail?.content?.description == "两条横幅")
        #expect(back.state.detail?.content?.placeText == "王家桥头")
        // The change and the act, and nothing for each letter.
        #expect(try await again.app.gateway.status().unsentCount == before + 2)
        await back.handle(.appeared)
        #expect(!back.state.isEditing)
    }

    @Test func anAnswerAndAPersonThatWereBegunOutliveTheApp() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let chief = try await town.phone("chief", of: "C001")
        let report = try await worker.file("路灯杆上挂着横幅")
        try town.act(report, "approve", as: "C001")
        try town.act(report, "accept", as: "R001")
        try town.act(report, "check", as: "R001", "--to", "C001", "--text", "去看看还在不在")
        await chief.sync()
        let name = try #require(try await chief.app.gateway.tasks().first { $0.kind == .check }?.name)
        let task = chief.app.task(name)
        await task.handle(.appeared)
        await task.handle(.words("还在"))
        await task.handle(.verdict(.confirmed))
        await task.handle(.takePicture)
        let capture = try await chief.begin()
        await capture.handle(.personName("王大爷"))
        await capture.handle(.personTelephone("138"))
        let draft = capture.state.report
        let again = try await town.started("chief")
        let back = again.app.task(name)
        await back.handle(.appeared)
        #expect(back.state.words == "还在" && back.state.verdict == .confirmed && back.state.pictureCount == 1)
        again.app.go(.capture(draft))
        await again.rest()
        let person = again.app.capture(draft).state.newPerson
        #expect(person == NewPerson(name: "王大爷", telephone: "138"))
        await back.handle(.answer)
        #expect(back.state.isDone, "\(String(describing: back.state.failure))")
        let kept = try await again.app.gateway.kept(about: "person/\(draft)")
        #expect(kept == ["name": "王大爷", "telephone": "138"])
    }

    @Test func aRecordingThatTheEndOfTheAppCutOffIsTakenAsFarAsItGoes() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        let report = try await hand.begin().state.report
        let stream = try Samples.voiceStream()
        _ = hand.platform.put(stream.prefix(stream.count / 2), report, "voice.aac")
        let again = try await town.started("phone")
        again.app.go(.capture(report))
        await again.rest()
        let capture = again.app.capture(report)
        let lengthMs = try #require(capture.state.voiceNotes.first?.durationMs)
        #expect(capture.state.trouble == nil && lengthMs > 300 && lengthMs < 700)
    }

    @Test func aPictureForAReportSurvivesAnAppThatIsEndedBetweenShutterAndSave() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        let report = try await hand.file("路灯杆上挂着横幅")
        _ = hand.platform.put(Samples.picture(shade: 7), report, "picture.jpg")
        let again = try await town.started("phone")
        again.app.go(.report(report))
        await again.rest()
        #expect(again.app.report(report).state.detail?.attachments.count == 2)
    }

    @Test func whoDidNotReadTheNoticeToItsEndGetsItAgain() async throws {
        let town = try Town()
        defer { town.stop() }
        let memory = BriefMemory()
        let hand = try await town.started("phone", memory: memory)
        await hand.app.enrol.handle(.codeChanged(try town.code(for: "W001")))
        await hand.app.enrol.handle(.enrol)
        #expect(hand.app.front == .notice)
        let again = try await town.started("phone", memory: memory)
        #expect(again.app.front == .notice)
        await again.app.notice.handle(.agree)
        await again.app.start()
        #expect(again.app.front == .home)
    }
}
