// The two journeys on the view models: a worker's and a chief's, against a real server over a link that is cut and mended.
import Foundation
import Stage
import Testing
import XungeCore
@testable import XungeKit

@MainActor @Suite(.serialized) struct JourneyTests {
    @Test func aReportGoesFromTheWorkerOverTheChiefToTheRoom() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let chief = try await town.phone("chief", of: "C001")
        #expect(worker.app.front == .home)
        #expect(worker.app.home.state.name == "林小满")

        let report = try await capture(worker, town)
        try await giveBack(chief, worker, report)
        try await resubmitAndApprove(chief, worker, report)
    }

    /// The worker files without a network; the link comes back; it is received.
    private func capture(_ worker: Hand, _ town: Town) async throws -> ReportId {
        town.link.cut()
        await worker.app.home.handle(.report)
        guard case .capture(let report) = worker.app.front else {
            throw StageProblem(description: "no draft")
        }
        await worker.rest()
        let capture = worker.app.capture(report)
        await capture.handle(.takePicture(.scene))
        #expect(capture.state.pictures.count == 1)
        #expect(capture.state.pictures.first?.bytes != nil)
        await capture.take(.claim(Samples.claim), afterMs: 3_000)
        #expect(capture.state.measuring.quality == .good)
        #expect(!capture.state.measuring.isWaiting)
        #expect(capture.state.gridName == "桥头一网格" || !capture.state.gridName.isEmpty)

        await capture.handle(.submit)
        #expect(capture.state.problems.map(\.field) == ["category"])
        #expect(!capture.state.isSent)

        let category = worker.app.category(report)
        await category.handle(.appeared)
        await category.handle(.search("wzgg"))
        let tile = try #require(category.state.found.first)
        #expect(tile.category.name == "违章广告")
        await category.handle(.choose(tile))
        await capture.handle(.words("路灯杆上挂着违章横幅"))
        await capture.handle(.record)
        await capture.handle(.stopRecording)
        #expect(capture.state.voiceNotes.count == 1)
        await capture.handle(.submit)
        await worker.rest()
        #expect(
            capture.state.isSent, "\(String(describing: capture.state.failure)) \(capture.state.problems)")

        await worker.app.home.handle(.appeared)
        #expect(worker.app.home.state.sending.unsentCount > 0)
        town.link.mend()
        await worker.sync()
        await worker.app.home.handle(.appeared)
        #expect(worker.app.home.state.sending.unsentCount == 0)
        #expect(worker.app.home.state.sending.attachmentCount == 0)
        return report
    }

    private func giveBack(_ chief: Hand, _ worker: Hand, _ report: ReportId) async throws {
        await chief.sync()
        await chief.app.decisions.handle(.appeared)
        #expect(chief.app.decisions.state.cards.map(\.id) == [report])
        await chief.app.decisions.handle(.begin(report, .return))
        #expect(chief.app.decisions.state.begun?.phrases.isEmpty == false)
        await chief.app.decisions.handle(.act(.send(nil)))
        #expect(chief.app.decisions.state.failure?.refusal == .reasonMissing)
        await chief.app.decisions.handle(.act(.say("照片看不清")))
        await chief.app.decisions.handle(.act(.send(nil)))
        #expect(chief.app.decisions.state.cards.isEmpty)
        #expect(chief.app.decisions.state.unsent.map(\.report) == [report])
        await chief.sync()
        await worker.sync()
        await worker.app.home.handle(.appeared)
        let line = try #require(worker.app.home.state.returned.first)
        #expect(line.report == report && line.reason?.text == "照片看不清" && line.byName == "周有田")
    }

    private func resubmitAndApprove(_ chief: Hand, _ worker: Hand, _ report: ReportId) async throws {
        let screen = worker.app.report(report)
        await screen.handle(.appeared)
        #expect(screen.state.acts.contains(.submit))
        await screen.handle(.edit)
        await screen.handle(.words("两条横幅"))
        await screen.handle(.resubmit)
        await worker.sync()
        await chief.sync()
        await chief.app.decisions.handle(.appeared)
        #expect(chief.app.decisions.state.cards.first?.words == "两条横幅")
        await chief.app.decisions.handle(.begin(report, .approve))
        await chief.sync()
        await worker.sync()
        await screen.handle(.appeared)
        #expect(screen.state.detail?.row.state == .queued)
        #expect(screen.state.detail?.story.count == 4)
        await worker.app.attention.handle(.appeared)
        #expect(worker.app.attention.state.items.isEmpty)
    }
}
