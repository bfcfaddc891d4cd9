// What goes out by itself: photos that the system sends, photos that wait for Wi-Fi, the work of somebody who is signed out.
import Foundation
import Stage
import Testing
import XungeCore
@testable import XungeKit

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@MainActor @Suite(.serialized) struct SendingTests {
    @Test func photosThatAreHandedOverArriveOverALinkThatIsCut() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        let report = try await waiting(hand, town)
        await hand.app.sync(withAttachments: false)
        let gateway = hand.app.gateway
        #expect(try await gateway.status().unsentCount == 0)
        #expect(try await gateway.status().unsentAttachmentCount > 0)

        // Linux has ordinary sessions alone; on a phone the system keeps a background one.
        let photos = PhotoHandOver(gateway: gateway, configuration: .ephemeral)
        let (answers, tell) = AsyncStream.makeStream(of: Bool.self)
        photos.answered = { tell.yield($0) }
        var coming = answers.makeAsyncIterator()
        town.link.cut()
        await photos.next(isMetered: false)
        #expect(await coming.next() == false)
        #expect(try await gateway.status().unsentAttachmentCount > 0)
        town.link.mend()
        await photos.next(isMetered: false)
        // Handed over twice, it goes once.
        await photos.next(isMetered: false)
        var arrivedCount = 0
        while try await gateway.status().unsentAttachmentCount > 0 {
            if await coming.next() == true { arrivedCount += 1 }
        }
        await photos.settled()
        #expect(arrivedCount > 0)
        await hand.sync()
        let row = try await gateway.report(report).row
        #expect(row.attachmentReceivedCount == row.attachmentCount && row.attachmentCount == 1)
    }

    @Test func photosWaitForWifiWhereThatIsSet() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        hand.app.go(.settings)
        await hand.rest()
        await hand.app.settings.handle(.wifiOnly(true))
        hand.platform.isMetered = true
        _ = try await waiting(hand, town)
        await hand.sync()
        #expect(try await hand.app.gateway.status().unsentCount == 0)
        #expect(try await hand.app.gateway.status().unsentAttachmentCount > 0)
        hand.platform.isMetered = false
        await hand.sync()
        #expect(try await hand.app.gateway.status().unsentAttachmentCount == 0)
    }

    @Test func theWorkOfSomebodyWhoIsSignedOutStillGoes() async throws {
        let town = try Town()
        defer { town.stop() }
        let hand = try await town.phone("phone", of: "W001")
        let report = try await waiting(hand, town)
        hand.app.go(.enrol)
        await hand.app.enrol.handle(.codeChanged(try town.code(for: "C001")))
        await hand.app.enrol.handle(.enrol)
        await hand.rest()
        await hand.app.syncOthers()
        let chief = try await town.phone("chief", of: "C001")
        await chief.sync()
        let row = try await chief.app.gateway.report(report).row
        #expect(row.attachmentReceivedCount == 1)
    }

    @Test func whoTurnsAwayWaitsNoMore() async throws {
        let waiting = Task { try await orTurnAway { try await Task.sleep(for: .seconds(3_600)) } }
        await Task.yield()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(try await orTurnAway { 7 } == 7)
    }

    /// A report with a photo that was handed in without a network; the link is whole again.
    private func waiting(_ hand: Hand, _ town: Town) async throws -> ReportId {
        town.link.cut()
        let report = try await hand.file("路灯杆上挂着横幅")
        town.link.mend()
        return report
    }
}
