// Acts that are begun on a report's own page, and what lists and places lead to: by everybody whom the core permits them.
import Foundation
import Stage
import Testing
import XungeCore
@testable import XungeKit

@MainActor @Suite(.serialized) struct ActTests {
    /// A chief who opened a report from a list decides there, without a network, as on his cards.
    @Test func aChiefDecidesOnTheReportsOwnPage() async throws {
        let town = try Town()
        defer { town.stop() }
        let (worker, chief, report) = try await town.filed()
        town.link.cut()
        let screen = try await open(report, on: chief)
        #expect(Acts.offered(of: screen.state.acts).starts(with: [.approve, .return]))
        await screen.handle(.begin(.passUp))
        #expect(screen.state.begun?.levels == [.township], "nobody is chief of the village")
        await screen.handle(.act(.cancel))
        #expect(screen.state.begun == nil)

        await screen.handle(.begin(.return))
        let phrase = try #require(screen.state.begun?.phrases.first)
        await screen.handle(.act(.choose(phrase, phrase.zh)))
        #expect(screen.state.begun?.text == phrase.zh && screen.state.begun?.isSaid == true)
        await screen.handle(.act(.choose(phrase, phrase.zh)))
        #expect(screen.state.begun?.isSaid == false)
        await screen.handle(.act(.send(nil)))
        #expect(screen.state.failure?.refusal == .reasonMissing && screen.state.begun != nil)
        await screen.handle(.act(.choose(phrase, phrase.zh)))
        await screen.handle(.act(.record))
        chief.platform.upMs += 3_000
        await screen.handle(.act(.stopRecording))
        #expect(screen.state.begun?.voice != nil && screen.state.trouble == nil)
        await screen.handle(.act(.send(nil)))
        #expect(
            screen.state.done == .return && screen.state.begun == nil,
            "\(String(describing: screen.state.failure))")
        #expect(screen.state.detail?.row.pending == .return)
        let line = chief.app.words.lines(of: try #require(screen.state.detail?.row)).first?.text
        #expect(line == "退回，等待发送")

        town.link.mend()
        await chief.sync()
        await worker.sync()
        await worker.app.home.handle(.appeared)
        let back = try #require(worker.app.home.state.returned.first)
        // The words of the sentence that was tapped, once.
        #expect(worker.app.words.returned(back) == "周有田退回：\(phrase.zh)")
    }

    /// An act that was begun on the page is there again after the end of the app, and gone where it is not permitted any more.
    @Test func anActThatWasBegunOutlivesTheApp() async throws {
        let town = try Town()
        defer { town.stop() }
        let (_, chief, report) = try await town.filed()
        let screen = try await open(report, on: chief)
        await screen.handle(.begin(.return))
        await screen.handle(.act(.say("照片看不")))
        let again = try await town.started("chief")
        let back = try await open(report, on: again)
        #expect(back.state.begun?.kind == .return && back.state.begun?.text == "照片看不")
        try town.act(report, "approve", as: "C001")
        await again.sync()
        let last = try await town.started("chief")
        #expect(try await open(report, on: last).state.begun == nil)
    }

    @Test func aReportIsWithdrawnWithASecondTap() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let report = try await worker.file("路灯杆上挂着横幅")
        let screen = try await open(report, on: worker)
        await screen.handle(.begin(.withdraw))
        #expect(screen.state.confirming == .withdraw && screen.state.detail?.row.pending == nil)
        await screen.handle(.note("等一下"))
        #expect(screen.state.confirming == nil)
        await screen.handle(.begin(.withdraw))
        await screen.handle(.begin(.withdraw))
        #expect(screen.state.detail?.row.pending == .withdraw)
    }

    /// A draft goes on from the list, a line of the day's log leads to its report.
    @Test func listsLeadToWhatStandsInThem() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let report = try await worker.file("路灯杆上挂着横幅")
        let draft = try await worker.begin().state.report
        worker.app.path = [.reports]
        await worker.rest()
        let reports = worker.app.reports
        #expect(reports.state.drafts.map(\.report) == [draft] && reports.state.rows.map(\.report) == [report])
        await reports.handle(.tab(.finished))
        #expect(reports.state.drafts.isEmpty)
        await reports.handle(.goOn(draft))
        #expect(worker.app.front == .capture(draft))
        worker.app.path = [.dayLog]
        await worker.rest()
        let line = try #require(worker.app.dayLog.state.log?.lines.first { $0.report != nil }?.report)
        await worker.app.dayLog.handle(.open(line))
        #expect(line == report && worker.app.front == .report(report))
    }

    /// The place of a draft is the one where the phone is now, when somebody says so.
    @Test func thePlaceOfADraftIsTakenAnew() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let draft = try await worker.begin().state.report
        let place = worker.app.place(draft)
        await place.handle(.appeared)
        await place.handle(.here)
        #expect(place.state.isMeasuring)
        await place.take(.off)
        #expect(place.state.isMeasuring && place.state.trouble == .captureLocationOff)
        await place.take(.claim(Samples.claim))
        #expect(!place.state.isMeasuring && place.state.trouble == nil)
        #expect(try await worker.app.gateway.draft(draft).place == Samples.claim)
    }

    /// A check-up of a key place goes with where the phone is: one that was filled in elsewhere does not count as a visit.
    @Test func aKeyPlaceIsCheckedWhereThePhoneIs() async throws {
        let town = try Town()
        defer { town.stop() }
        let worker = try await town.phone("worker", of: "W001")
        let places = town.folder.appendingPathComponent("places.csv")
        try Data("code,name,grid,lat_deg,lon_deg,every_days\nZD-8,老桥,QX-01-1,28.3052,120.9041,7\n".utf8)
            .write(to: places)
        _ = try town.command("import", "key-places", places.path)
        await worker.sync()
        let bridge = Position(latDeg: 28.3052, lonDeg: 120.9041)
        for (isThere, at) in [(false, Position(latDeg: 28.32, lonDeg: 120.9041)), (true, bridge)] {
            let name = try #require(try await keyPlace(worker))
            worker.app.path = [.task(name)]
            await worker.rest()
            let task = worker.app.task(name)
            worker.platform.say(
                .claim(
                    PlaceClaim(
                        position: at, accuracyM: 8, provider: .satellite, isMock: false, ageMs: 0)))
            while task.claim == nil { await Task.yield() }
            await task.handle(.allRight(true))
            await task.handle(.answer)
            #expect(task.state.isDone, "\(String(describing: task.state.failure))")
            #expect(try await keyPlace(worker) == (isThere ? nil : name))
            worker.app.path = []
        }
    }

    private func keyPlace(_ hand: Hand) async throws -> TaskName? {
        try await hand.app.gateway.tasks().first { $0.kind == .keyPlace && $0.place == "ZD-8" }?.name
    }

    private func open(_ report: ReportId, on hand: Hand) async throws -> ReportViewModel {
        hand.app.path = [.report(report)]
        await hand.rest()
        return hand.app.report(report)
    }
}
