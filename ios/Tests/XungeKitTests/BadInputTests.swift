// What goes wrong in the field, on the view models with the real core: nothing is lost, and the person is told in words.
import Foundation
import Stage
import Synchronization
import Testing
import XungeCore
@testable import XungeKit

@MainActor @Suite(.serialized) struct BadInputTests {
    @Test func codesThatAreNotOursAreNamedBeforeTheyAreUsed() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try Hand(folder: town.folder, label: "phone")
        await hand.app.start()
        let enrol = hand.app.enrol
        await enrol.handle(.codeChanged("https://example.com/menu"))
        #expect(enrol.state.trouble == .enrolNotOurs && enrol.state.server == nil)
        await enrol.handle(.codeChanged("xunge:2:http://127.0.0.1:1:abc"))
        #expect(enrol.state.trouble == .enrolLaterVersion)
        await enrol.handle(.codeChanged("xunge:1:"))
        #expect(enrol.state.trouble == .enrolIncomplete || enrol.state.trouble == .enrolNotOurs)
        hand.platform.scan = .refused
        await enrol.handle(.scan)
        #expect(enrol.state.trouble == .enrolCameraRefused && enrol.state.isTyping)
        await enrol.handle(.pick)
        #expect(enrol.state.trouble == .enrolNoCode)

        let code = try town.code(for: "W001")
        town.link.cut()
        await enrol.handle(.codeChanged(code))
        await enrol.handle(.enrol)
        #expect(enrol.state.trouble == .enrolOffline)
        town.link.mend()
        await enrol.handle(.enrol)
        await hand.rest()
        #expect(hand.app.front == .notice)
        let other = try Hand(folder: town.folder, label: "other")
        await other.app.start()
        await other.app.enrol.handle(.codeChanged(code))
        await other.app.enrol.handle(.enrol)
        #expect(other.app.enrol.state.trouble == .enrolExpired)
    }

    @Test func theCameraGivesNothingOrRubbish() async throws {
        let (town, hand, capture) = try await begun()
        defer { town.stop() }
        let cases: [(PictureAnswer?, Data?, Key)] = [
            (.nothing, nil, .capturePictureNone), (.refused, nil, .captureCameraRefused),
            (.missing, nil, .captureCameraMissing), (nil, Data(), .capturePictureNone),
            (nil, Samples.heic, .capturePictureHeic),
            (nil, Data("no picture at all".utf8), .capturePictureBad),
            (nil, Samples.picture().prefix(60), .capturePictureBad),
        ]
        for (answer, bytes, trouble) in cases {
            hand.platform.pictureAnswer = answer
            hand.platform.picture = bytes
            await capture.handle(.takePicture(.scene))
            #expect(capture.state.trouble == trouble, "\(String(describing: answer))")
            #expect(capture.state.pictures.isEmpty)
        }
        hand.platform.pictureAnswer = nil
        hand.platform.picture = Samples.picture()
        await capture.handle(.takePicture(.scene))
        #expect(capture.state.trouble == nil && capture.state.pictures.count == 1)
    }

    @Test func aPictureSurvivesAnAppThatIsEndedBetweenShutterAndSave() async throws {
        let (town, hand, capture) = try await begun()
        defer { town.stop() }
        await capture.handle(.words("拍照时被关掉"))
        let report = capture.state.report
        _ = hand.platform.put(Samples.picture(), report, "picture.jpg")
        // The same folder, opened anew, is the phone after the kill.
        let again = try Hand(folder: town.folder, label: "phone")
        await again.app.start()
        await again.rest()
        #expect(again.app.home.state.drafts.map(\.report) == [report])
        await again.app.home.handle(.goOn(report))
        await again.rest()
        let back = again.app.capture(report)
        #expect(back.state.content?.description == "拍照时被关掉")
        #expect(back.state.pictures.count == 1)
        await back.handle(.appeared)
        #expect(back.state.pictures.count == 1)
    }

    @Test func aVoiceNoteThatIsNoneIsRefusedInWords() async throws {
        let (town, hand, capture) = try await begun()
        defer { town.stop() }
        hand.platform.recording = .refused
        await capture.handle(.record)
        #expect(capture.state.trouble == .captureVoiceRefused && capture.state.recordingMs == nil)
        hand.platform.recording = .running
        hand.platform.voice = Data("noise".utf8)
        await capture.handle(.record)
        await capture.handle(.stopRecording)
        #expect(capture.state.trouble == .captureVoiceFailed)
        hand.platform.voice = try Samples.voice()
        await capture.handle(.record)
        hand.platform.upMs += 60_000
        await capture.tick()
        #expect(capture.state.recordingMs == nil && capture.state.voiceNotes.count == 1)
    }

    @Test func aPatrolSaysThatItsPermissionWasTakenAway() async throws {
        let (town, hand, _) = try await begun()
        defer { town.stop() }
        let patrol = hand.app.patrol
        await patrol.handle(.start)
        #expect(hand.platform.fixEveryMs != nil)
        await hand.app.recorder.location(isOn: false, isRefused: true)
        await patrol.handle(.appeared)
        #expect(hand.app.recorder.isRefused)
        #expect(hand.app.recorder.notices.contains(.locationIsOff))
        await patrol.handle(.end)
        #expect(patrol.state.isEnding)
        await patrol.handle(.end)
        guard case .ended(.worker, _) = patrol.state.patrol?.state else {
            Issue.record("the patrol goes on: \(String(describing: patrol.state.patrol?.state))")
            return
        }
        #expect(hand.platform.fixEveryMs == nil)
    }

    @Test func aLostKeySetsTheDataAsideAndAsksToEnrolAnew() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try Hand(folder: town.folder, label: "phone")
        await hand.enrol(try town.code(for: "W001"))
        let profile = try #require(try await hand.app.gateway.profiles().first?.id)
        let again = try Hand(folder: town.folder, label: "phone", keys: LostKeys())
        await again.app.start()
        #expect(again.app.front == .profiles)
        await again.app.profiles.handle(.choose(profile))
        await again.rest()
        #expect(again.app.front == .enrol)
        #expect(again.app.enrol.state.hasLostKey)
        #expect(try await again.app.gateway.profiles().isEmpty)
        #expect(try await again.app.gateway.setAsideProfiles().count == 1)
    }

    @Test func aWrongPinOpensNothing() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try Hand(folder: town.folder, label: "phone")
        await hand.enrol(try town.code(for: "W001"))
        hand.app.go(.settings)
        await hand.rest()
        await hand.app.settings.handle(.pin("2468"))
        await hand.app.settings.handle(.setPin)
        #expect(hand.app.settings.state.pinDone == .settingsPinDone)
        let again = try Hand(folder: town.folder, label: "phone")
        await again.app.start()
        #expect(again.app.front == .profiles)
        let profiles = again.app.profiles
        let profile = try #require(profiles.state.profiles.first)
        await profiles.handle(.choose(profile.id))
        await profiles.handle(.pinChanged("1357"))
        await profiles.handle(.open)
        #expect(profiles.state.failure?.kind == .signInRequired)
        #expect(!again.app.gateway.hasProfile)
        await profiles.handle(.pinChanged("2468"))
        await profiles.handle(.open)
        #expect(again.app.front == .home || profiles.state.failure?.retryAfterMs != nil)
    }

    @Test func callsNeverRunOnTheMainThreadAndSlowOnesAreReported() async throws {
        let town = try Town()
        defer { town.stop() }
        let told = Told()
        let gateway = try CoreGateway(
            .init(folder: town.folder.appendingPathComponent("g").path, appVersion: "t", deviceLabel: "t"),
            slowAfterMs: -1
        ) { call in told.add(call.name) }
        _ = try await gateway.profiles()
        #expect(told.names == ["profiles"])
        let onMain = try await gateway.phone("thread") { _ in Thread.isMainThread }
        #expect(!onMain)
        await #expect(throws: Failure.self) { _ = try await gateway.status() }
    }

    private func begun() async throws -> (Town, Hand, CaptureViewModel) {
        let town = try Town()
        let hand = try Hand(folder: town.folder, label: "phone")
        await hand.enrol(try town.code(for: "W001"))
        await hand.app.home.handle(.report)
        await hand.rest()
        guard case .capture(let report) = hand.app.front else { throw StageProblem(description: "no draft") }
        return (town, hand, hand.app.capture(report))
    }
}

/// A keystore that was reset.
private struct LostKeys: KeyStore {
    func key(_ profile: ProfileId) throws -> Data? { throw KeyLost() }
    func forget(_ profile: ProfileId) {}
}

private final class Told: Sendable {
    private let all = Mutex<[String]>([])
    var names: [String] { all.withLock { $0 } }
    func add(_ name: String) { all.withLock { $0.append(name) } }
}
