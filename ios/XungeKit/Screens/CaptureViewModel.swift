// The view model of the capture: hands every field to the core as it is typed, and measures the position from the first moment.
import Foundation
import Observation
import XungeCore

@MainActor @Observable
public final class CaptureViewModel: ScreenModel {
    public internal(set) var state: CaptureState
    public static let appeared = CaptureEvent.appeared
    @ObservationIgnored let shell: Shell
    @ObservationIgnored private var measuring: KeptTask?
    @ObservationIgnored private let wait = PlaceWait()
    @ObservationIgnored private var ticking: KeptTask?
    @ObservationIgnored private var measuringBeganMs: Int64 = 0
    @ObservationIgnored private let recording: VoiceRecording
    @ObservationIgnored private let clock: PhoneClock

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        recording = VoiceRecording(shell.platform)
        clock = PhoneClock(shell.platform)
        state = CaptureState(report: report)
    }

    public func handle(_ event: CaptureEvent) async {
        state.isDiscarding = state.isDiscarding && event.isDiscard
        state.isClockBack = state.isClockBack || clock.wasSetBack
        switch event {
        case .appeared: await appear()
        case .takePicture(let role): await add(await shell.platform.takePicture(state.report), role)
        case .pickPicture: await add(await shell.platform.pickPicture(state.report))
        case .remove(let id): await attempt { try await $0.removeAttachment($1, id) }
        case .record, .stopRecording, .play: await handleVoice(event)
        case .addPerson, .removePerson, .showPeople, .personName, .personTelephone: await handlePeople(event)
        case .words, .grid, .answer, .urgent, .source, .result: await handleField(event)
        case .chooseCategory: shell.go(.category(state.report))
        case .choosePlace: shell.go(.place(state.report))
        case .hints: shell.go(.hint(state.report))
        case .more: state.isMoreShown.toggle()
        case .settling: state.isSettling.toggle()
        case .submit: await handIn { try await $0.submit($1) }
        case .settle:
            let result = state.content?.result ?? ""
            await handIn { try await $0.settle($1, result: result) }
        case .discard: await discard()
        case .openSettings(let page): shell.platform.openSettings(page)
        case .done: shell.back()
        }
    }

    private func appear() async {
        for taken in await shell.takeLeft(for: state.report) { say(taken) }
        await load()
        await goOnWithPerson()
        guard measuring == nil, !state.isSent else { return }
        measure()
        ticking = KeptTask.every(seconds: 1) { [weak self] in await self?.tick() }
    }

    /// Reads the draft again: the core's word is what the screen shows.
    func load() async {
        let gateway = shell.gateway
        do {
            let content = try await gateway.draft(state.report)
            state.content = content
            state.category = try await gateway.category(content.category, version: content.categoryVersion)
            state.gridName = try await gateway.unitName(content.grid)
            if content.grid != nil { state.gridChoices = [] }
            state.suggested = try await gateway.suggestedAnswers(state.report)
            state.hintCount = try await gateway.hints(state.report).count
            let media = try await media(of: content)
            state.pictures = media.filter { $0.kind == .picture }
            state.voiceNotes = media.filter { $0.kind == .voiceNote }
            state.people = state.people.filter { content.people[$0.id] != nil }
        } catch {
            if !state.isSent { state.failure = Failure(error) }
        }
    }

    private func media(of content: ReportContent) async throws -> [CapturedMedia] {
        var media: [CapturedMedia] = []
        for (id, reference) in content.attachments.sorted(by: {
            ($0.value.takenAt ?? 0, $0.key) < ($1.value.takenAt ?? 0, $1.key)
        }) {
            let blob = reference.thumbnail ?? reference.blob
            media.append(
                CapturedMedia(
                    id: id, kind: reference.kind, role: reference.role, durationMs: reference.durationMs,
                    bytes: try await shell.gateway.attachmentBytes(blob)))
        }
        return media
    }

    /// Does one thing with the draft, then shows what it is now.
    func attempt(_ work: @MainActor (CoreGateway, ReportId) async throws -> Void) async {
        do {
            try await work(shell.gateway, state.report)
            state.failure = nil
            await load()
        } catch {
            state.failure = Failure(error)
        }
    }

    private func handleField(_ event: CaptureEvent) async {
        let edit: FieldEdit
        switch event {
        case .words(let text): edit = .setDescription(text)
        case .grid(let grid): edit = .setGrid(grid)
        case .answer(let field, let answer): edit = .setAnswer(field: field, answer: answer)
        case .urgent(let isUrgent): edit = .setUrgency(isUrgent ? .urgent : .normal)
        case .source(let source): edit = .setSource(source)
        case .result(let text): edit = .setResult(text)
        default: return
        }
        state.problems = []
        await attempt { try await $0.editDraft($1, [edit]) }
    }

    private func add(_ answer: PictureAnswer, _ role: AttachmentRole = .scene) async {
        state.isBusy = true
        defer { state.isBusy = false }
        await show(await shell.take(answer, for: state.report, role))
    }

    /// Says what became of a picture or a voice note, and reads the draft again where it has it now.
    private func show(_ taken: Taken) async {
        say(taken)
        guard taken.attachment != nil else { return }
        state.problems = []
        await load()
    }

    private func say(_ taken: Taken) {
        state.trouble = taken.trouble
        state.failure = taken.failure
    }

    private func handIn(_ work: @MainActor (CoreGateway, ReportId) async throws -> Void) async {
        guard !state.isBusy else { return }
        state.isBusy = true
        defer { state.isBusy = false }
        do {
            try await work(shell.gateway, state.report)
            measuring?.cancel()
            ticking?.cancel()
            state.isSent = true
            state.problems = []
            state.failure = nil
            shell.sendSoon()
        } catch {
            let failure = Failure(error)
            state.problems = failure.problems
            state.failure = failure.problems.isEmpty ? failure : nil
        }
    }

    private func discard() async {
        guard state.isDiscarding else {
            state.isDiscarding = true
            return
        }
        do {
            try await shell.gateway.discardDraft(state.report)
            shell.inbox.files(for: state.report).forEach(shell.inbox.clear)
            measuring?.cancel()
            shell.back()
        } catch {
            state.failure = Failure(error)
        }
    }
}

// Position.
extension CaptureViewModel {
    private func measure() {
        measuringBeganMs = shell.platform.uptimeMs()
        measuring = KeptTask.listening(to: shell.platform) { [weak self] item in
            guard let self else { return }
            await take(item, afterMs: shell.platform.uptimeMs() - measuringBeganMs)
        }
    }

    /// Takes what the phone says about where it is, so long after measuring began.
    public func take(_ news: PositionNews, afterMs: Int64) async {
        state.measuring.waitedMs = afterMs
        switch news {
        case .off: state.measuring.isOff = true
        case .refused: state.measuring.isRefused = true
        case .claim(let claim):
            state.measuring.isOff = false
            state.measuring.isRefused = false
            await settle(on: wait.feed(claim: claim, elapsedMs: afterMs))
        }
    }

    private func settle(on advice: WaitAdvice) async {
        let best: PlaceClaim?
        switch advice {
        case .wait(let claim):
            best = claim
            state.measuring.isWaiting = true
        case .takeIt(let claim):
            best = claim
            state.measuring.isWaiting = false
        case .takeItAnyway(let claim):
            best = claim
            state.measuring.isWaiting = false
        }
        guard let best, best != state.measuring.claim else { return }
        state.measuring.claim = best
        state.measuring.quality = placeQuality(claim: best)
        await attempt { try await $0.setPlace($1, best) }
        if state.content?.grid == nil { await askForGrid(best) }
    }

    private func askForGrid(_ claim: PlaceClaim) async {
        guard case .ask(let candidates) = try? await shell.gateway.locate(claim) else { return }
        var choices: [GridChoice] = []
        for candidate in candidates.prefix(3) {
            let name = (try? await shell.gateway.unitName(candidate.grid)) ?? candidate.grid
            choices.append(GridChoice(id: candidate.grid, name: name))
        }
        state.gridChoices = choices
    }
}

// Voice notes.
extension CaptureViewModel {
    private func handleVoice(_ event: CaptureEvent) async {
        switch event {
        case .record: await record()
        case .stopRecording: await stop()
        case .play(let id): await play(id)
        default: return
        }
    }

    private func record() async {
        state.trouble = await recording.start(state.report)
        if state.trouble == nil { state.recordingMs = 0 }
    }

    /// A second has passed: a note ends by itself where it may not grow, and measuring ends with the best there was.
    public func tick() async {
        if state.measuring.isWaiting && !state.isSent {
            let waitedMs = shell.platform.uptimeMs() - measuringBeganMs
            state.measuring.waitedMs = waitedMs
            await settle(on: wait.waitAdvice(elapsedMs: waitedMs))
        }
        guard state.recordingMs != nil else { return }
        state.recordingMs = recording.lengthMs
        if recording.isFull { await stop() }
    }

    private func stop() async {
        guard state.recordingMs != nil else { return }
        state.recordingMs = nil
        await show(await shell.takeVoice(await shell.platform.stopRecording(), for: state.report))
    }

    private func play(_ id: AttachmentId) async {
        guard state.playing != id else {
            shell.platform.stopPlaying()
            state.playing = nil
            return
        }
        guard let note = state.voiceNotes.first(where: { $0.id == id }), let bytes = note.bytes else {
            return
        }
        state.playing = id
        await shell.platform.play(bytes)
        if state.playing == id { state.playing = nil }
    }
}

// People concerned.
extension CaptureViewModel {
    private func handlePeople(_ event: CaptureEvent) async {
        switch event {
        case .showPeople: state.arePeopleShown.toggle()
        case .personName(let name):
            state.newPerson.name = name
            await keepPerson()
        case .personTelephone(let telephone):
            state.newPerson.telephone = telephone
            await keepPerson()
        case .addPerson(let part): await addPerson(part)
        case .removePerson(let id):
            await attempt { try await $0.removePerson($1, id) }
        default: return
        }
    }

    /// Under which the core keeps a person who is being typed in.
    private var personName: String { "person/\(state.report)" }

    private func keepPerson() async {
        let words = ["name": state.newPerson.name, "telephone": state.newPerson.telephone]
        do {
            try await shell.gateway.keep(words, about: personName)
        } catch {
            state.failure = Failure(error)
        }
    }

    /// Somebody who was being typed in before the app was ended is there again.
    func goOnWithPerson() async {
        guard state.newPerson == NewPerson(), let kept = try? await shell.gateway.kept(about: personName)
        else {
            return
        }
        state.newPerson = NewPerson(name: kept["name"] ?? "", telephone: kept["telephone"] ?? "")
    }

    private func addPerson(_ part: PersonPart) async {
        let new = state.newPerson
        let entry = PersonEntry(
            part: part, name: new.name, telephone: new.telephone.isEmpty ? nil : new.telephone, remark: nil)
        do {
            let id = try await shell.gateway.addPerson(state.report, entry)
            state.people.append(PersonRow(id: id, part: part, name: new.name, telephone: entry.telephone))
            state.newPerson = NewPerson()
            await keepPerson()
            state.problems = []
            await load()
        } catch {
            let failure = Failure(error)
            state.problems = failure.problems
            state.failure = failure.problems.isEmpty ? failure : nil
        }
    }
}

extension CaptureEvent {
    fileprivate var isDiscard: Bool {
        if case .discard = self { true } else { false }
    }
}
