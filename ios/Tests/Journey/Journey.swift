// The whole journey through the generated Swift bindings, against a real server over a link that is cut: the steps of journey.txt.
import Foundation
import Stage
import XungeCore
import XungeKit

/// Runs the journey: journey BUILD_FOLDER SEEDED.json JOURNEY.txt
@main
struct Main {
    static func main() async throws {
        let given = CommandLine.arguments
        guard given.count == 4 else { fatalError("journey BUILD_FOLDER SEEDED.json JOURNEY.txt") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "xunge-journey-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let walk = try Walk(given[3])
        walk.claim("the library says its version", libraryVersion() != "")
        let ground = try Ground(
            build: URL(fileURLWithPath: given[1]), folder: folder.appendingPathComponent("stage"))
        defer { ground.stop() }
        try await Journey(walk: walk, ground: ground, folder: folder).go()
        try paging(walk, try Data(contentsOf: URL(fileURLWithPath: given[2])))
        guard walk.ended() else { throw StageProblem(description: "the journey does not hold") }
    }

    /// A list of 100,000, page by page, each line once.
    private static func paging(_ walk: Walk, _ told: Data) throws {
        struct Seeded: Decodable {
            let folder: String
            let profile: String
        }
        let seeded = try JSONDecoder().decode(Seeded.self, from: told)
        let phone = try openPhone(seeded.folder, "seeded")
        let device = try phone.device(profile: seeded.profile, key: nil)
        var seen = Set<ReportId>()
        var after: PageKey?
        repeat {
            let page = try device.reports(query: ListQuery(tab: .mine, after: after, limit: 200))
            seen.formUnion(page.items.map(\.report))
            after = page.next
        } while after != nil
        let count = try device.reportCount(tab: .mine)
        walk.claim("100,000 reports come page by page, each once", seen.count == 100_000 && count == 100_000)
    }
}

/// Opens a phone's folder.
func openPhone(_ folder: String, _ label: String) throws -> Phone {
    try Phone.open(
        folder: folder, appVersion: "journey", deviceLabel: label, noBackupFolder: nil, rootsPem: Data())
}

/// Three people's way from the first code to the last page.
struct Journey {
    let walk: Walk
    let ground: Ground
    let folder: URL
    let cancel = CancelToken()

    func claim(_ what: String, _ holds: Bool) { walk.claim(what, holds) }

    func go() async throws {
        try codes()
        let (phone, worker) = try enrol("worker")
        let (_, chief) = try enrol("chief")
        let (_, supervisor) = try enrol("supervisor")
        claim("the first sync brings the directory", try worker.sync(cancel: cancel).failure == nil)
        _ = try chief.sync(cancel: cancel)
        let listener = Listener()
        var subscription: Subscription? = try worker.observe(observer: listener)
        claim("an observer is told the current state first", listener.count == 1)
        let report = try capture(worker)
        let file = folder.appendingPathComponent("rescue").path
        claim("a rescue file holds it", try worker.rescue(path: file).itemCount > 0)
        try sent(worker, report)
        // No observer can throw in Swift; what a thrower does is walked in the other languages.
        claim("the observer was told more", listener.count > 1)
        withExtendedLifetime(subscription) {}
        subscription = nil
        let told = listener.count
        try decided(worker, chief, report)
        claim("an observer that was closed is told nothing", listener.count == told)
        let draft = try chief.beginDraft()
        try chief.editDraft(report: draft, edits: [.setDescription("我也看到了")])
        try chief.joinReport(draft: draft, into: report)
        let notes = try chief.report(report: report).content?.notes.count
        claim("a draft joins a report", try chief.drafts().isEmpty && notes == 1)
        try shared(worker, supervisor, report)
        try patrol(worker, supervisor)
        try await waits(worker)
        try end(phone, worker)
    }

    private func enrol(_ part: String) throws -> (Phone, Device) {
        let phone = try openPhone(folder.appendingPathComponent(part).path, part)
        let profile = try phone.enrol(code: code(part))
        claim("\(part): the profile is listed", try phone.profiles().map(\.id) == [profile])
        return (phone, try phone.device(profile: profile, key: nil))
    }

    private func code(_ part: String) -> String { ground.programme.cast[part]?.code ?? "" }

    /// Codes: read from a picture, told apart where they are no good.
    private func codes() throws {
        let path = ground.programme.cast["worker"]?.codePng ?? ""
        let png = FileManager.default.contents(atPath: path) ?? Data()
        claim("a code is read from its picture", try decodeQrPicture(bytes: png) == code("worker"))
        claim("a picture of nothing has no code", try decodeQrPicture(bytes: Samples.picture()) == nil)
        let dark = Data(count: 640 * 480)
        let frame = try decodeQr(luminance: dark, width: 640, height: 480, rowStride: 640)
        claim("a frame of nothing has no code", frame == nil)
        let preview = try readEnrolmentCode(text: code("worker"))
        claim("a code says where it leads before it is used", preview.baseUrl == ground.programme.url)
        let codes = ground.programme.codes
        for why in ["not_ours", "newer", "incomplete"] {
            let rule = brokenRule { _ = try readEnrolmentCode(text: codes[why] ?? "") }
            claim("a code is \(why)", rule == why)
        }
        let phone = try openPhone(folder.appendingPathComponent("nobody").path, "nobody")
        for why in ["unknown", "expired"] {
            let isRefused = fails(.invalidInput) { _ = try phone.enrol(code: codes[why] ?? "") }
            claim("a code that is \(why) does not enrol", isRefused)
        }
        let isOffline = fails(.offline) { _ = try phone.enrol(code: codes["nobody_there"] ?? "") }
        claim("where nobody answers it is no network", isOffline)
        claim("nobody is enrolled by that", try phone.profiles().isEmpty)
    }

    /// One report with a photo, field by field, with no network.
    private func capture(_ worker: Device) throws -> ReportId {
        let programme = ground.programme
        let report = try worker.beginDraft()
        let isIncomplete = fails(.invalidInput) { _ = try worker.submit(report: report) }
        claim("an incomplete draft says everything that is missing", isIncomplete)
        let position = Position(latDeg: programme.position.latDeg, lonDeg: programme.position.lonDeg)
        let place = PlaceClaim(
            position: position, accuracyM: 8, provider: .satellite, isMock: false, ageMs: 0)
        claim("8 m is good", placeQuality(claim: place) == .good)
        let advice = PlaceWait().feed(claim: place, elapsedMs: 0)
        claim("a good position is taken at once", advice == .takeIt(claim: place))
        try worker.setPlace(report: report, claim: place)
        let answer = try worker.locate(claim: place)
        claim("the position lies in one grid", answer == .inside(grid: programme.grid))
        let shifted = toGcj02(position: position)
        claim("a map that asks gets GCJ-02", abs(shifted.latDeg - position.latDeg) > 1e-4)
        let tiles = try worker.categoryChildren(parent: nil)
        claim("categories stand as tiles", tiles.allSatisfy(\.hasChildren))
        for typed in ["违章广告", "weizhangguanggao", "wzgg"] {
            let found = try worker.searchCategories(text: typed).map(\.category.id)
            claim("\(typed) finds the category", found.contains(programme.category.id))
        }
        let category = programme.category
        try worker.editDraft(
            report: report,
            edits: [
                .setCategory(category: category.id, version: category.version),
                .setDescription("路灯杆上挂着违章横幅"),
            ])
        _ = try worker.addPicture(report: report, path: programme.files["before"] ?? "", role: .scene)
        _ = try worker.addVoiceNote(report: report, path: programme.files["voice"] ?? "", role: .scene)
        for bad in ["empty", "text"] {
            let isRefused = fails(.invalidInput) {
                _ = try worker.addPicture(report: report, path: programme.files[bad] ?? "", role: .scene)
            }
            claim("\(bad) is no picture", isRefused)
        }
        let isRefused = fails(.invalidInput) { _ = try worker.report(report: "not a name") }
        claim("a name that is none is wrong input, no crash", isRefused)
        let kept = try worker.draft(report: report).description
        claim("what was typed is in the draft", kept == "路灯杆上挂着违章横幅")
        _ = try worker.submit(report: report)
        claim("it waits to be sent", try worker.status().unsentCount > 0)
        let recent = try worker.recentCategories(limit: 1).first?.category.id
        claim("it was the last category", recent == category.id)
        return report
    }

    /// Over a link that is cut, answers that are lost, a hotel's page: nothing is lost, nothing is said to be sent that is not.
    private func sent(_ worker: Device, _ report: ReportId) throws {
        try ground.ask("cut")
        let cut = try worker.sync(cancel: cancel).failure
        claim("without a network it says so", try cut != nil && worker.status().unsentCount > 0)
        try ground.ask("restore")
        try ground.ask("fault", ["kind": "captive_portal", "count": "1"])
        claim("a hotel's page is not the server", try worker.sync(cancel: cancel).failure == .notTheServer)
        try ground.ask("fault", ["kind": "lose_answer", "count": "1"])
        claim("an answer that was lost fails the sync", try worker.sync(cancel: cancel).failure != nil)
        try ground.ask("restore")
        let metered = SyncOptions(withAttachments: true, isMetered: true)
        try worker.setWifiOnly(isWifiOnly: true)
        let text = try worker.syncWith(options: metered, cancel: cancel)
        claim("text goes over a link that costs", text.failure == nil)
        let status = try worker.status()
        claim("photos wait for Wi-Fi", status.unsentCount == 0 && status.unsentAttachmentCount > 0)
        try worker.setWifiOnly(isWifiOnly: false)
        var arrivedCount = 0
        while let upload = try worker.nextUpload(isMetered: false) {
            if try handOver(worker, upload) { arrivedCount += 1 }
        }
        let isEmpty = try worker.status().unsentAttachmentCount == 0
        claim("what was handed over to the system arrived", arrivedCount > 0 && isEmpty)
        claim("it is sent", try worker.sync(cancel: cancel).failure == nil)
        let received = try worker.report(report: report).row.attachmentReceivedCount
        claim("photos and voice are received", received == 2)
    }

    /// Sends what the core hands over, and gives it the answer.
    private func handOver(_ worker: Device, _ upload: UploadHandOver) throws -> Bool {
        let answer = try sendHttp(
            upload.method, upload.url, headers: upload.headers.map { (name: $0.name, value: $0.value) },
            body: upload.file.flatMap { FileManager.default.contents(atPath: $0) })
        return try worker.uploadAnswered(
            blob: upload.blob, status: UInt16(answer.status),
            headers: answer.headers.map { HttpHeader(name: $0.name, value: $0.value) }, body: answer.body)
    }
}
