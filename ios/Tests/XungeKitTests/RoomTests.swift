// What the room asks of a worker, what comes back to him, and what one tap makes of it; the patrol and what is seen of it.
import Foundation
import Stage
import Testing
import XungeCore

@testable import XungeKit

@MainActor @Suite(.serialized) struct RoomTests {
    @Test func aCheckIsAnsweredAndAClosedReportBecomesACard() async throws {
        let town = try Town()
        defer { town.stop() }
        let (worker, chief, report) = try await town.filed()
        await chief.app.decisions.handle(.appeared)
        await chief.app.decisions.handle(.begin(report, .approve))
        await chief.sync()

        try town.act(report, "accept", as: "R001")
        try town.act(report, "check", as: "R001", "--to", "C001", "--text", "去看看还在不在")
        try await answer(chief, report, .check, "还在")
        try town.act(report, "ask", as: "R001", "--text", "有几条？")
        try await answer(worker, report, .question, "一条")

        try town.act(report, "dispatch", as: "R001", "--to", "QX-DEP-1:lead")
        try town.act(report, "sign", as: "D001", "--unit", "QX-DEP-1")
        try town.act(report, "feed-back", as: "D001", "--unit", "QX-DEP-1", "--text", "横幅已拆除")
        try town.act(report, "close", as: "R001")
        await worker.sync()
        try await card(worker, report)
        try await dayLog(worker)
    }

    /// The task arrives, is told once, is answered with words and a picture, and is gone.
    private func answer(_ hand: Hand, _ report: ReportId, _ kind: TaskKind, _ words: String) async throws {
        await hand.sync()
        await hand.app.tasks.handle(.appeared)
        let task = try #require(hand.app.tasks.state.tasks.first { $0.kind == kind })
        #expect(task.report == report)
        #expect(hand.platform.told.contains { $0.title.contains("违章广告") })
        let toldBefore = hand.platform.told.count
        hand.app.path = [.tasks]
        await hand.app.tasks.handle(.open(task))
        await hand.rest()
        let screen = hand.app.task(task.name)
        await screen.handle(.verdict(.confirmed))
        await screen.handle(.words(words))
        await screen.handle(.takePicture)
        #expect(screen.state.pictureCount == 1)
        await screen.handle(.answer)
        await hand.rest()
        #expect(screen.state.isDone, "\(String(describing: screen.state.failure))")
        await hand.sync()
        #expect(hand.platform.told.count == toldBefore, "news are told once")
        await hand.app.tasks.handle(.appeared)
        #expect(!hand.app.tasks.state.tasks.contains { $0.kind == kind })
        hand.app.path = []
    }

    private func card(_ worker: Hand, _ report: ReportId) async throws {
        worker.app.go(.card(report))
        await worker.rest()
        let card = worker.app.card(report)
        #expect(card.state.card?.closedOn != nil, "\(String(describing: card.state.failure))")
        let picture = try #require(card.state.before.picture ?? card.state.after.picture)
        let isAfter = card.state.before.picture == nil
        await card.handle(.cover(isAfter: isAfter, x: 0.5, y: 0.5))
        let covered = isAfter ? card.state.after : card.state.before
        #expect(covered.regions.count == 1 && covered.picture != picture)
        await card.handle(.share(worker.app.words))
        guard case .picture = worker.platform.shared.last else {
            Issue.record("no card was shared")
            return
        }
        await card.handle(.clear(isAfter: isAfter))
        #expect((isAfter ? card.state.after : card.state.before).picture == picture)
    }

    private func dayLog(_ worker: Hand) async throws {
        worker.app.path = [.dayLog]
        await worker.rest()
        let log = worker.app.dayLog
        #expect(log.state.log?.lines.isEmpty == false)
        await log.handle(.shareText(.chinese))
        guard case .text(let text) = worker.platform.shared.last else {
            Issue.record("no log was shared")
            return
        }
        #expect(text.contains("违章广告"))
        await log.handle(.before)
        #expect(log.state.log?.lines.isEmpty == true)
    }

    @Test func aPatrolIsRecordedDrawnAndCounted() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        worker.app.go(.patrol)
        await worker.rest()
        let patrol = worker.app.patrol
        await patrol.handle(.start)
        await worker.walk(fixes: 30)
        await patrol.handle(.appeared)
        #expect(patrol.state.patrol?.openFixCount == 30)
        let map = try #require(patrol.state.map)
        #expect(!map.outlines.isEmpty && !map.cells.isEmpty && map.track.count == 1)
        await patrol.handle(.zoomIn)
        #expect(patrol.state.map?.radiusM == 200)
        await patrol.handle(.whereNext)
        #expect(!patrol.state.next.isEmpty)
        await patrol.handle(.pause)
        #expect(worker.platform.fixEveryMs == nil)
        await patrol.handle(.resume)
        await patrol.handle(.end)
        await patrol.handle(.end)
        await worker.rest()
        await worker.sync()

        worker.app.path = [.coverage]
        await worker.rest()
        let coverage = worker.app.coverage
        let row = try #require(coverage.state.rows.first { $0.unit == "QX-01-1" })
        #expect(row.seen > 10 && row.seen + row.unknown + row.unseen == row.reachable)
        await coverage.handle(.open("QX-01-1"))
        #expect(coverage.state.map?.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
        await coverage.handle(.month(true))
        #expect(coverage.state.failure == nil)
    }

    @Test func unsentWorkCanBeRescuedAndTheLogNamesNobody() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let settings = worker.app.settings
        await settings.handle(.appeared)
        await settings.handle(.rescue)
        #expect(settings.state.isNothingToRescue)
        town.link.cut()
        _ = try await worker.file("林小满在王大爷家门口")
        await settings.handle(.rescue)
        #expect((settings.state.rescued?.itemCount ?? 0) > 0)
        guard case .file(let path) = worker.platform.shared.last else {
            Issue.record("no file was shared")
            return
        }
        #expect(FileManager.default.fileExists(atPath: path))
        await settings.handle(.send)
        #expect(settings.state.sent?.failure != nil)
        await settings.handle(.showLog)
        #expect(settings.state.log?.contains("林小满") == false)
        #expect(settings.state.log?.contains("王大爷") == false)
        town.link.mend()
        await settings.handle(.send)
        #expect(settings.state.sent?.failure == nil)
    }

    @Test func aSimilarReportNearByTakesInTheDraft() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let first = try await worker.file("路灯杆上挂着横幅")
        await worker.app.home.handle(.report)
        await worker.rest()
        guard case .capture(let draft) = worker.app.front else { throw StageProblem(description: "no draft") }
        let capture = worker.app.capture(draft)
        worker.platform.picture = Samples.picture(shade: 30)
        await capture.handle(.takePicture(.scene))
        await capture.take(.claim(Samples.claim), afterMs: 2_000)
        let category = worker.app.category(draft)
        await category.handle(.appeared)
        let recent = try #require(category.state.recent.first)
        await category.handle(.choose(recent))
        await worker.rest()
        await capture.handle(.words("又看到一条"))
        #expect(capture.state.hintCount == 1)
        worker.app.go(.hint(draft))
        await worker.rest()
        let hint = worker.app.hint(draft)
        #expect(hint.state.similar.map(\.report) == [first])
        await hint.handle(.join(first))
        #expect(hint.state.isJoined, "\(String(describing: hint.state.failure))")
        worker.app.path = [.report(first)]
        await worker.rest()
        #expect(worker.app.report(first).state.detail?.attachments.count == 2)
        #expect(try await worker.app.gateway.drafts().isEmpty)
    }
}
