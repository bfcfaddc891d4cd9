// The journey's second half: decisions, what the room asks, one tap, the patrol, waiting, the end.
import Foundation
import Stage
import XungeCore
import XungeKit

extension Journey {
    /// Returned, corrected, approved, asked, ordered, amended.
    func decided(_ worker: Device, _ chief: Device, _ report: ReportId) throws {
        _ = try chief.sync(cancel: cancel)
        let row = try chief.reports(query: ListQuery(tab: .todo, after: nil, limit: 20)).items.first
        claim("the chief has it to decide", row?.report == report && row?.state == .submitted)
        let deadline = try chief.report(report: report).deadlines.first
        let isTimed = row?.dueAt != nil && row?.isLate == false
        claim("and knows by when", isTimed && deadline.map { "\($0.stage)".hasPrefix("chief") } == true)
        let levels = try chief.actions(report: report, kind: .passUp)
        let approving = try chief.actions(report: report, kind: .approve)
        let isReady = levels.contains(.passUp(to: .township)) && !levels.contains(.passUp(to: .county))
        let isWorkers = try worker.actions(report: report, kind: .approve).isEmpty
        claim(
            "acts come ready to be signed, with the levels that are open",
            isReady && approving == [.approve] && isWorkers)
        let codes = phrases(kind: .return).map(\.code)
        claim("reasons are offered", codes.contains("blurred"))
        let isRefused = fails(.notAllowed) {
            _ = try chief.decide(report: report, action: .return, reason: nil, text: nil)
        }
        claim("a return needs a reason", isRefused)
        let reason = Reason(code: "blurred", text: "照片看不清", voice: nil)
        _ = try chief.decide(report: report, action: .return, reason: reason, text: nil)
        _ = try chief.sync(cancel: cancel)
        _ = try worker.sync(cancel: cancel)
        try returned(worker, report)
        try worker.edit(report: report, edits: [.setDescription("两条横幅")])
        _ = try worker.submit(report: report)
        _ = try worker.sync(cancel: cancel)
        _ = try chief.sync(cancel: cancel)
        _ = try chief.decide(report: report, action: .approve, reason: nil, text: nil)
        _ = try chief.sync(cancel: cancel)
        _ = try worker.sync(cancel: cancel)
        let view = try worker.report(report: report)
        let isQueued = view.row.state == .queued && view.row.why == nil
        claim("approved, it is in the township's queue", isQueued)
        claim("the approval is news", try worker.news().map(\.kind) == [.approved])
        claim("the story has four acts", view.story.count == 4)
        let permitted = try worker.permitted(report: report)
        claim("the reporter may not approve", !permitted.contains(.approve))
        try asked(worker, chief, report)
    }

    private func returned(_ worker: Device, _ report: ReportId) throws {
        let row = try worker.report(report: report).row
        let isTold = row.state == .returned && row.why?.text == "照片看不清"
        claim("the return reaches the worker with its reason", isTold)
        let task = try worker.tasks().first
        claim("returned work stands first", task?.kind == .returned && task?.words == "照片看不清")
        let news = try worker.news()
        claim("the return is news", news.map(\.kind) == [.returned])
        try worker.told(ids: news.map(\.id))
        claim("news is told once", try worker.news().isEmpty)
    }

    private func asked(_ worker: Device, _ chief: Device, _ report: ReportId) throws {
        try ground.act(report, by: "clerk", #"{"action": "ask"}"#, text: "请补充准确地点。")
        _ = try worker.sync(cancel: cancel)
        let question = try worker.tasks().first { $0.kind == .question }
        claim("the room's question is a task", question?.words == "请补充准确地点。")
        let command = question?.command ?? ""
        _ = try worker.decide(
            report: report, action: .answer(question: command), reason: nil, text: "桥头东侧")
        claim("answered, it is none", try !worker.tasks().contains { $0.kind == .question })
        try ground.ask("order", ["grid": ground.programme.grid, "text": "请清理河道", "hours": "24"])
        _ = try chief.sync(cancel: cancel)
        let orders = try chief.tasks().filter { $0.kind == .order }
        let order = orders.first
        claim("an order reaches the grid with its deadline", orders.count == 1 && order?.dueAt != nil)
        if let ordered = order?.report, let unit = order?.unit {
            _ = try chief.decide(report: ordered, action: .sign(unit: unit), reason: nil, text: nil)
            _ = try chief.decide(report: ordered, action: .feedBack(unit: unit), reason: nil, text: "已清理")
        }
        let failure = try chief.sync(cancel: cancel).failure
        claim("signed and answered", try failure == nil && chief.needsAttention().isEmpty)
        try worker.edit(report: report, edits: [.setDescription("三条横幅")])
        _ = try worker.sync(cancel: cancel)
        _ = try chief.sync(cancel: cancel)
        let amended = try chief.report(report: report).amendments
        let isBoth = amended.map(\.before) == ["两条横幅"] && amended.map(\.now) == ["三条横幅"]
        claim("an edit after the approval shows both", isBoth)
    }

    /// What is made by one tap.
    func shared(_ worker: Device, _ supervisor: Device, _ report: ReportId) throws {
        let day = try worker.dayLog(day: nil)
        let isThere = day.lines.contains { $0.zh.contains("上报") } && day.textEn != ""
        claim("the day's log has the report", isThere)
        claim("no day is no day", fails(.invalidInput) { _ = try worker.dayLog(day: "yesterday") })
        let card = try worker.receiptCard(report: report)
        let name = ground.programme.cast["worker"]?.name ?? "nobody"
        let isNameless = !"\(card)".contains(name)
        claim("the card has the picture and names nobody", card.before.count == 1 && isNameless)
        let picture = try card.before.first.flatMap { try worker.attachmentBytes(blob: $0.blob) } ?? Data()
        let region = Region(x: 0.2, y: 0.2, w: 0.4, h: 0.4)
        let blurred = try blurPicture(bytes: picture, regions: [region])
        claim("a face is hidden", blurred.prefix(2) == Data([0xff, 0xd8]))
        let used = try worker.storage()
        claim("storage tells pictures from voices", used.picturesBytes > 0 && used.voiceBytes > 0)
        // The log is one for the process and lies with the phone that was opened last.
        let log = try supervisor.log()
        claim("the log names nobody", !log.contains(name) && log.contains("a sync ended"))
    }

    func patrol(_ worker: Device, _ supervisor: Device) throws {
        var facts = PlatformFacts.unknown
        facts.isLocationOn = false
        let findings = try worker.selfTest(facts: facts).map(\.key)
        claim("the self-test says that location is off", findings == ["location_off"])
        let step = try worker.patrolStart(kind: .routine, grids: [], order: nil, shiftEndsAt: nil)
        claim("the patrol runs and asks for fixes", step.state == .running && step.fixEveryMs == 5_000)
        let keptCount = try walkEast(worker)
        let openCount = try worker.patrol()?.openFixCount
        claim("fixes are kept", keptCount == 30 && openCount == 30)
        claim("a pause is told", try worker.patrolPause().state == .paused)
        claim("two pauses are one", fails(.notAllowed) { _ = try worker.patrolPause() })
        _ = try worker.patrolEnd()
        claim("a segment waits", try worker.status().unsentTrackCount == 1)
        try seen(worker, supervisor)
    }

    /// Thirty fixes, five seconds apart; how many were kept.
    private func walkEast(_ worker: Device) throws -> Int {
        let position = ground.programme.position
        let (now, up) = (Words.now(), Samples.uptimeMs())
        var keptCount = 0
        for number in 0..<Int64(30) {
            let at = now + number * 5_000
            let fix = PatrolFix(
                wallAt: at, monotonicMs: up + (number + 1) * 5_000, boot: nil, satelliteAt: at,
                latDeg: position.latDeg, lonDeg: position.lonDeg + Double(number) * 0.00007, accuracyM: 6,
                speedMps: 1.4, bearingDeg: 90, provider: .satellite, isMock: false, batteryPercent: 80)
            if try worker.addFix(fix: fix).isKept { keptCount += 1 }
        }
        return keptCount
    }

    private func seen(_ worker: Device, _ supervisor: Device) throws {
        let (grid, spot) = (ground.programme.grid, ground.programme.position)
        let centre = Position(latDeg: spot.latDeg, lonDeg: spot.lonDeg)
        let before = try worker.coverage(grid: grid, period: nil)
        claim("the own walk is on the map at once", before.hasOutline && before.seen > 10)
        claim("numbers add up", before.seen + before.unknown + before.unseen == before.reachable)
        let drawn = try worker.coveragePicture(grid: grid, period: nil, longSidePx: 256)
        claim("it can be drawn", drawn.dropFirst().prefix(3) == Data("PNG".utf8))
        let scene = try worker.map(query: MapQuery(centre: centre, radiusM: 300, period: nil))
        let isWhole = !scene.outlines.isEmpty && !scene.cells.isEmpty && scene.track.count == 1
        claim("the map has outline, cells and the own track", isWhole)
        claim("a walk is suggested", try !worker.whereNext(from: centre).isEmpty)
        let failure = try worker.sync(cancel: cancel).failure
        claim("the track is sent", try failure == nil && worker.status().unsentTrackCount == 0)
        let after = try worker.coverage(grid: grid, period: nil)
        let isSame = after.seen == before.seen && after.unknown == before.unknown
        claim("sent, the coverage is the same", isSame)
        let isRefused = fails(.invalidInput) { _ = try worker.coverage(grid: grid, period: "yesterday") }
        claim("no period is no period", isRefused)
        _ = try supervisor.sync(cancel: cancel)
        let rows = try supervisor.coverageRows(period: nil)
        let row = rows.first { $0.unit == grid }
        claim("the supervisor sees every grid", rows.count > 20 && row?.seen == after.seen)
        claim("and where nobody was first", rows.first?.unseenDays == nil)
    }

    /// The async twins, and what turning away does.
    func waits(_ worker: Device) async throws {
        let options = SyncOptions(withAttachments: true, isMetered: false)
        let done = try await worker.syncAsync(options: options, cancel: CancelToken())
        claim("an awaited sync goes through", done.failure == nil)
        let hasNews = try await worker.waitAsync(timeoutMs: 1_000)
        claim("an awaited wait answers", [true, false].contains(hasNews))
        let token = CancelToken()
        token.cancel()
        let cancelled = try await worker.syncAsync(options: options, cancel: token)
        claim("a cancelled sync says so", cancelled.failure == .cancelled)
        let waiting = Task { try await orTurnAway { try await worker.waitAsync(timeoutMs: 3_000) } }
        await Task.yield()
        waiting.cancel()
        var hasTurnedAway = false
        do { _ = try await waiting.value } catch { hasTurnedAway = error is CancellationError }
        claim("who waits can turn away at once", hasTurnedAway)
    }

    func end(_ phone: Phone, _ worker: Device) throws {
        try worker.setPin(pin: "1234")
        claim("a wrong PIN is told", fails(.signInRequired) { try worker.checkPin(pin: "0000") })
        let failures = try phone.syncAll(cancel: CancelToken()).map { $0.report?.failure }
        claim("every profile is synced", failures == [nil])
        let unknown = String(repeating: "0", count: 32)
        let isUnknown = fails(.notFound) { _ = try worker.report(report: unknown) }
        claim("an unknown report is said to be unknown", isUnknown)
        var panic: (any Error)?
        do { try breakOnPurpose() } catch { panic = error }
        let isDefect = panic.map { !($0 is CoreError) && Failure($0).kind == .internal } ?? false
        claim("a panic is an error, and life goes on", isDefect)
        let isQuiet = try worker.needsAttention().isEmpty && worker.notices().isEmpty
        claim("nothing needs attention", isQuiet)
        let aside = try phone.setAside(profile: worker.info().id, reason: "key_lost")
        let folders = try phone.setAsideProfiles().map(\.folder)
        claim("a profile is set aside, not lost", try phone.profiles().isEmpty && folders == [aside.folder])
    }
}
