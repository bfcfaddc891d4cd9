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
        let hand = try await town.started("phone")
        let enrol = hand.app.enrol
        await enrol.handle(.codeChanged("https://example.com/menu"))
        #expect(enrol.state.trouble == .enrolNotOurs && enrol.state.server == nil)
        await enrol.handle(.codeChanged("xunge:9:http://127.0.0.1:1:abc"))
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
        let other = try await town.started("other")
        await other.app.enrol.handle(.codeChanged(code))
        await other.app.enrol.handle(.enrol)
        #expect(other.app.enrol.state.trouble == .enrolExpired)
    }

    @Test func aCodeOfAnotherTownshipSaysWhereItLeadsAndTouchesNothingOfTheFirst() async throws {
        let (town, other) = (try Town(), try Town())
        defer {
            town.stop()
            other.stop()
        }
        let hand = try await town.phone("phone", of: "W001")
        let report = try await hand.file("路灯杆上挂着横幅")
        hand.app.go(.enrol)
        await hand.app.enrol.handle(.codeChanged(try other.code(for: "C001")))
        #expect(hand.app.enrol.state.server?.hasSuffix(":\(other.link.port)") == true)
        await hand.app.enrol.handle(.enrol)
        await hand.rest()
        #expect(try await hand.app.gateway.profiles().count == 2)
        #expect(try await hand.app.gateway.reports(.mine).items.isEmpty)
        let first = try #require(try await hand.app.gateway.profiles().first { $0.name == "林小满" })
        hand.app.path = []
        await hand.app.home.handle(.changePerson)
        await hand.rest()
        await hand.app.profiles.handle(.choose(first.id))
        await hand.rest()
        #expect(try await hand.app.gateway.reports(.mine).items.map(\.report) == [report])
    }

    @Test func aPictureOfAHundredMillionPixelsIsTakenAndTooLargeAPlainOneIsSaid() async throws {
        let (town, hand, capture) = try await begun()
        defer { town.stop() }
        hand.platform.picture = Samples.hugeJpeg()
        await capture.handle(.takePicture(.scene))
        #expect(capture.state.trouble == nil && capture.state.pictures.count == 1)
        hand.platform.picture = Samples.hugePng()
        await capture.handle(.pickPicture)
        #expect(capture.state.trouble == .capturePictureLarge && capture.state.pictures.count == 1)
    }

    @Test func aScreenshotWithoutAPositionIsHandedInForAGridChosenByName() async throws {
        let (town, hand, capture) = try await begun()
        defer { town.stop() }
        await capture.handle(.pickPicture)
        await capture.take(.refused, afterMs: 1_000)
        #expect(capture.state.measuring.isRefused && capture.state.content?.place == nil)
        let report = capture.state.report
        let place = hand.app.place(report)
        await place.handle(.appeared)
        let grid = try #require(place.state.grids.first)
        await place.handle(.grid(grid.id))
        let category = hand.app.category(report)
        await category.handle(.search("wzgg"))
        await category.handle(.choose(try #require(category.state.found.first)))
        await hand.rest()
        await capture.handle(.submit)
        #expect(
            capture.state.isSent, "\(capture.state.problems) \(String(describing: capture.state.failure))")
    }

    @Test func aClockThatIsSetBackWhileCapturingIsSaidAndLosesNothing() async throws {
        let (town, hand, capture) = try await begun()
        defer { town.stop() }
        await capture.handle(.words("写到一半"))
        #expect(!capture.state.isClockBack)
        hand.platform.upMs += 600_000
        await capture.handle(.words("写到一半，十分钟"))
        #expect(!capture.state.isClockBack)
        hand.platform.clockShiftMs = -86_400_000
        await capture.handle(.takePicture(.scene))
        #expect(capture.state.isClockBack)
        #expect(capture.state.content?.description == "写到一半，十分钟" && capture.state.pictures.count == 1)
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
            for way in [CaptureEvent.takePicture(.scene), .pickPicture] {
                await capture.handle(way)
                #expect(capture.state.trouble == trouble, "\(String(describing: answer)) \(way)")
                #expect(capture.state.pictures.isEmpty)
            }
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
        let again = try await town.started("phone")
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

    @Test func locationThatIsSwitchedOffOnPatrolIsSaid() async throws {
        let (town, hand, _) = try await begun()
        defer { town.stop() }
        await hand.app.patrol.handle(.start)
        await hand.app.recorder.location(isOn: false, isRefused: false)
        #expect(hand.app.recorder.isLocationOff && !hand.app.recorder.isRefused)
        await hand.app.recorder.location(isOn: true, isRefused: false)
        await hand.walk(fixes: 1)
        #expect(!hand.app.recorder.isLocationOff && hand.app.recorder.failure == nil)
        await hand.app.patrol.handle(.appeared)
        #expect(hand.app.patrol.state.patrol?.openFixCount == 1)
    }

    @Test func aLostKeySetsTheDataAsideAndAsksToEnrolAnew() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        let profile = try #require(try await hand.app.gateway.profiles().first?.id)
        let again = try await town.started("phone", keys: LostKeys())
        #expect(again.app.front == .profiles)
        await again.app.profiles.handle(.choose(profile))
        await again.rest()
        #expect(again.app.front == .enrol)
        #expect(again.app.enrol.state.hasLostKey)
        #expect(try await again.app.gateway.profiles().isEmpty)
        #expect(try await again.app.gateway.setAsideProfiles().count == 1)
        await again.app.enrol.handle(.codeChanged(try town.code(for: "W001")))
        await again.app.enrol.handle(.enrol)
        await again.rest()
        #expect(again.app.front == .notice)
    }

    @Test func aWrongPinOpensNothing() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        hand.app.go(.settings)
        await hand.rest()
        await hand.app.settings.handle(.pin("2468"))
        await hand.app.settings.handle(.setPin)
        #expect(hand.app.settings.state.pinDone == .settingsPinDone)
        let again = try await town.started("phone")
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
        let hand = try await town.phone("phone", of: "W001")
        return (town, hand, try await hand.begin())
    }
}

/// A keystore that was reset.
private final class LostKeys: KeyStore {
    private let isForgotten = Mutex(false)
    func key() throws -> Data? {
        if isForgotten.withLock({ $0 }) { return nil }
        throw KeyLost()
    }
    func forget() { isForgotten.withLock { $0 = true } }
}

private final class Told: Sendable {
    private let all = Mutex<[String]>([])
    var names: [String] { all.withLock { $0 } }
    func add(_ name: String) { all.withLock { $0.append(name) } }
}
