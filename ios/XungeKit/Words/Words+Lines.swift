// Lines that say how something stands: which texts of the table, in which order. What is true is the core's.
import XungeCore

/// A line with its weight.
public struct WordLine: Equatable, Sendable {
    public let text: String
    /// Whether somebody has to do something about it.
    public let isCare: Bool
}

extension Words {
    /// How sending stands: 已收到 12/12, 3 件等待发送. Says "arrived" only for what the server has receipted.
    public func sending(_ sending: Sending) -> [String] {
        var lines: [String] = []
        let isWaiting = sending.unsentCount > 0 || sending.attachmentCount > 0 || sending.hasTrail
        if sending.isSyncing && sending.toSendCount > 0 {
            lines.append(self(.statusSending, sending.sentCount, sending.toSendCount))
        }
        if sending.unsentCount > 0 {
            lines.append(self(.statusWaiting, sending.unsentCount))
            lines.append(self(.statusSavedWaiting))
        }
        if sending.attachmentCount > 0 {
            lines.append(self(.statusAttachments, sending.attachmentCount, size(sending.attachmentBytes)))
        }
        if sending.hasTrail { lines.append(self(.statusTrail)) }
        if isWaiting, let oldest = sending.oldestAt { lines.append(self(.statusSince, time(oldest))) }
        if !isWaiting {
            if sending.toSendCount > 0 {
                lines.append(self(.statusReceived, sending.sentCount, sending.toSendCount))
            }
            lines.append(sending.succeededAt == nil ? self(.statusNever) : self(.statusAllSent))
        }
        if let last = sending.succeededAt { lines.append(self(.statusLast, time(last))) }
        return lines
    }

    /// What stands in the way of sending, where a person can do something about it.
    public func sendingCares(_ sending: Sending) -> [String] {
        var lines: [String] = []
        if sending.isRevoked { lines.append(self(.statusRevoked)) }
        if sending.isUpdateRequired { lines.append(self(.statusUpdateRequired)) }
        if let offset = sending.clockOffsetMs, abs(offset) > 120_000 {
            lines.append(self(.statusClockOff, duration(abs(offset))))
        }
        if let failure = sending.failure { lines.append(syncFailure(failure)) }
        if let retry = sending.retryAt, sending.failure != nil {
            lines.append(self(.statusRetry, time(retry)))
        }
        return lines
    }

    /// A report in a list, line by line under its title; without the reason where that stands by itself.
    public func lines(of row: ReportRow, withReason: Bool = true) -> [WordLine] {
        var lines: [WordLine] = []
        func add(_ text: String, care: Bool = false) { lines.append(WordLine(text: text, isCare: care)) }
        let state = named("state", row.state)
        add(row.pending.map { self(.reportsPending, named("action", $0)) } ?? state)
        if row.urgency == .urgent { add(self(.reportsUrgent), care: true) }
        if withReason, row.pending == nil, let why = row.why {
            add("\(state)\(colon)\(reason(why))", care: true)
        }
        if let holder = holder(of: row) { add(holder) }
        if row.attachmentCount > 0 {
            add(self(.statusPhotos, row.attachmentReceivedCount, row.attachmentCount))
        }
        if let due = row.dueAt { add(self(.reportsDue, time(due))) }
        if row.isLate { add(self(.reportsLate), care: true) }
        if row.disputedCount > 0 { add(self(.reportsDisputed, row.disputedCount), care: true) }
        if row.isAmended { add(self(.reportAmended), care: true) }
        return lines
    }

    /// With whom a report lies, and since when; where the server has not seen it yet, that.
    private func holder(of row: ReportRow) -> String? {
        if row.holder == nil, row.unsentCount > 0 { return self(.reportUnsent) }
        // Who holds it is the reader.
        if row.isOwn, row.holder?.part == .reporter { return row.heldSince.map { time($0) } }
        guard !row.holderName.isEmpty else { return nil }
        return row.heldSince.map { self(.reportsWithSince, row.holderName, time($0)) }
            ?? self(.reportsWith, row.holderName)
    }

    /// Who sent a report back, and why: 网格长退回：照片看不清.
    public func returned(_ task: TaskView) -> String {
        let why = task.reason.map { reason($0) } ?? task.words
        return self(.reportsWhy, task.byName, why)
    }

    private var colon: String { language == .chinese ? "：" : ": " }

    /// A reason: what was written, else the words of its code, else that it was spoken.
    public func reason(_ reason: Reason) -> String {
        if !reason.text.isEmpty { return reason.text }
        let phrases = [ActionKind.return, .rework].flatMap { XungeCore.phrases(kind: $0) }
        return phrases.first { $0.code == reason.code && $0.code != nil }.map(phrase) ?? self(.roleReturn)
    }

    /// How measuring the position stands.
    public func measuring(_ measuring: Measuring) -> String {
        guard let claim = measuring.claim else {
            return measuring.isWaiting
                ? self(.captureLocating, measuring.waitedMs / 1_000) : self(.captureQualityNone)
        }
        let metres = Int(claim.accuracyM.rounded())
        let quality =
            switch measuring.quality {
            case .good: self(.captureQualityGood, metres)
            case .fair: self(.captureQualityFair, metres)
            case .poor: self(.captureQualityPoor, metres)
            case .none: self(.captureQualityNone)
            }
        return measuring.isWaiting ? "\(quality)\n\(self(.captureWait))" : quality
    }

    /// The button to the patrol, which says how it stands.
    public func patrolButton(_ patrol: PatrolDetail?) -> String {
        switch patrol?.state {
        case .running: self(.homePatrolRunning, distance(patrol?.distanceM ?? 0))
        case .paused: self(.homePatrolPaused)
        case .ended, nil: self(.homePatrolStart)
        }
    }

    /// A template in this language.
    public func phrase(_ phrase: Phrase) -> String { language == .chinese ? phrase.zh : phrase.en }
}

extension Words {
    /// An act of the story.
    public func act(_ action: Action) -> String {
        let name = "\(action)".prefix { $0 != "(" }
        return named("action", name)
    }

    /// What the server made of an act, where it did not simply take effect.
    public func outcome(_ outcome: Outcome?) -> String? {
        switch outcome {
        case nil, .accepted: nil
        case .refused(let why): self(.outcomeRefused, named("refusal", why))
        case .remark(let why): self(.outcomeRemark, named("refusal", why))
        case .proposal(let why): self(.outcomeProposal, named("refusal", why))
        }
    }
}

extension Words {
    /// What became of a matter, line by line, as it stands on the card.
    public func card(_ card: ReceiptCard) -> [String] {
        var lines = ["\(card.title) · \(card.place)", self(.cardReported, day(card.reportedOn))]
        lines += card.steps.map { "\(day($0.on)) \(language == .chinese ? $0.zh : $0.en)" }
        if let closed = card.closedOn { lines.append(self(.cardClosed, day(closed))) }
        return lines + [self(.cardThanks)]
    }

    /// A piece of news, as a notification's title.
    public func news(_ item: NewsItem) -> String {
        switch item.kind {
        case .returned: self(.newsReturned, item.title)
        case .approved: self(.newsApproved, item.title)
        case .task: self(.newsTask, item.title)
        case .order: self(.newsOrder, item.title)
        case .question: self(.newsQuestion, item.title)
        case .result: self(.newsResult, item.title)
        case .settled: self(.newsSettled, item.title)
        }
    }

    /// What the patrol tells the worker.
    public func patrolNotice(_ notice: Notice) -> String {
        switch notice {
        case .endedByItself(let by): ended(by)
        case .goesOn: self(.patrolNoticeGoesOn)
        case .locationIsOff: self(.patrolLocationOff)
        case .dayIsUnknown: self(.patrolNoticeDayUnknown)
        case .noFixes(let isPoor): self(isPoor ? .patrolNoticePoor : .patrolNoticeNoFixes)
        case .trackIsShifted(let offsetM): self(.patrolNoticeShifted, offsetM)
        }
    }

    /// How a patrol stands.
    public func patrolState(_ state: PatrolState) -> String {
        switch state {
        case .running: self(.patrolRunning)
        case .paused: self(.patrolPaused)
        case .ended(let by, _): ended(by)
        }
    }

    /// A stop of the suggested walk.
    public func stop(_ stop: SuggestionStop, places: [String: String]) -> String {
        let far = distance(stop.distanceM)
        if let place = stop.place { return self(.patrolNextPlace, places[place] ?? place, far) }
        if let days = stop.unseenDays { return self(.patrolNextUnseen, days, far) }
        return self(.patrolNextGround, far)
    }

    /// How much of a grid was seen, in whole percent.
    public func share(_ row: CoverageRow) -> [WordLine] {
        guard row.hasOutline, row.reachable > 0 else {
            return [WordLine(text: self(.coverageNoOutline), isCare: false)]
        }
        let percent = { (cells: UInt64) in (cells * 100 + row.reachable / 2) / row.reachable }
        var lines = [
            WordLine(text: self(.coverageSeen, percent(row.seen)), isCare: false),
            WordLine(text: self(.coverageUnknown, percent(row.unknown)), isCare: false),
            WordLine(text: self(.coverageUnseen, percent(row.unseen)), isCare: false),
        ]
        let days = row.unseenDays.map { self(.coverageDays, $0) } ?? self(.coverageNever)
        if row.unseenDays != 0 { lines.append(WordLine(text: days, isCare: true)) }
        if row.blindSpotCount > 0 {
            lines.append(WordLine(text: self(.coverageBlind, row.blindSpotCount), isCare: true))
        }
        if row.keyPlacesDue > 0 {
            lines.append(WordLine(text: self(.coveragePlaces, row.keyPlacesDue), isCare: true))
        }
        return lines
    }

    private func ended(_ by: EndCause) -> String {
        switch by {
        case .worker: self(.patrolEnded)
        case .shiftEnd: self(.patrolEndedShift)
        case .longStillness: self(.patrolEndedStill)
        case .handedOver: self(.patrolEndedHanded)
        }
    }
}
