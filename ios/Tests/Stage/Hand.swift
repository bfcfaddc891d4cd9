// A phone in somebody's hand: the whole app without its looks, over its own folder.
import Foundation
import XungeKit

/// An app on a phone of its own.
@MainActor
public final class Hand {
    public let app: AppModel
    public let platform: HandPlatform
    public let folder: URL

    /// Opens a phone in `folder`; the same folder again is the same phone, started anew.
    public init(
        folder: URL, label: String, memory: any Memory = BriefMemory(), keys: any KeyStore = NoKeyStore()
    ) throws {
        self.folder = folder.appendingPathComponent(label)
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let inbox = Inbox(folder: self.folder.appendingPathComponent("inbox").path)
        platform = HandPlatform(inbox: inbox, folder: self.folder)
        platform.picture = Samples.picture()
        platform.voice = try Samples.voice()
        let settings = CoreGateway.Settings(
            folder: self.folder.appendingPathComponent("data").path, appVersion: "test", deviceLabel: label)
        app = AppModel(
            gateway: try CoreGateway(settings), platform: platform, inbox: inbox, memory: memory, keys: keys)
        let catalogue = try Data(
            contentsOf: Town.clone.appendingPathComponent("ios/Xunge/Localizable.xcstrings"))
        let table = try CatalogueTable(catalogue: catalogue, language: .chinese)
        app.table = { _ in table }
    }

    /// Enrols a person through the screens and reads the notice.
    public func enrol(_ code: String) async {
        await app.start()
        platform.scan = .code(code)
        await app.enrol.handle(.scan)
        await app.enrol.handle(.enrol)
        await rest()
        if app.front == .notice { await app.notice.handle(.agree) }
        await rest()
    }

    /// Waits until nothing is under way.
    public func rest() async { await app.errands.finished() }

    /// Sends and fetches, and waits for it.
    public func sync() async {
        await app.sync()
        await rest()
    }
}

extension Town {
    /// A phone of this town that a person enrolled, in the town's folder unless another is given.
    @MainActor public func phone(
        _ label: String, of person: String, in folder: URL? = nil, memory: any Memory = BriefMemory()
    ) async throws -> Hand {
        let hand = try Hand(folder: folder ?? self.folder, label: label, memory: memory)
        await hand.enrol(try code(for: person))
        return hand
    }

    /// A worker and the chief of his grid, each with a phone, and a report that the chief has.
    @MainActor public func filed() async throws -> (worker: Hand, chief: Hand, report: ReportId) {
        let worker = try await phone("worker", of: "W001")
        let chief = try await phone("chief", of: "C001")
        let report = try await worker.file("路灯杆上挂着横幅")
        await chief.sync()
        return (worker, chief, report)
    }

    /// A phone of this town that was just switched on: a new one, or under a name that was there the same one after its end.
    @MainActor public func started(
        _ label: String, memory: any Memory = BriefMemory(), keys: any KeyStore = NoKeyStore()
    ) async throws -> Hand {
        let hand = try Hand(folder: folder, label: label, memory: memory, keys: keys)
        await hand.app.start()
        return hand
    }
}

extension Hand {
    /// Files a report at the sample's place through the screens, and sends it.
    public func file(_ words: String) async throws -> ReportId {
        let capture = try await begin()
        let report = capture.state.report
        await capture.handle(.takePicture(.scene))
        await capture.take(.claim(Samples.claim), afterMs: 2_000)
        let category = app.category(report)
        await category.handle(.search("wzgg"))
        guard let tile = category.state.found.first else { throw StageProblem(description: "no category") }
        await category.handle(.choose(tile))
        await capture.handle(.words(words))
        await capture.handle(.submit)
        await rest()
        guard capture.state.isSent else { throw StageProblem(description: "not handed in: \(capture.state)") }
        app.path = []
        await sync()
        return report
    }
}

extension Hand {
    /// Begins a report and opens its capture.
    public func begin() async throws -> CaptureViewModel {
        await app.home.handle(.report)
        await rest()
        guard case .capture(let report) = app.front else { throw StageProblem(description: "no draft") }
        return app.capture(report)
    }

    /// Walks east along the sample's road, a fix every five seconds; `after` so many others.
    public func walk(fixes: Int, after earlier: Int = 0) async {
        let (now, up) = (Words.now(), Samples.uptimeMs())
        for number in Int64(earlier)..<Int64(earlier + fixes) {
            await app.recorder.fix(
                PatrolFix(
                    wallAt: now + number * 5_000, monotonicMs: up + (number + 1) * 5_000, boot: nil,
                    satelliteAt: now + number * 5_000, latDeg: Samples.claim.position.latDeg,
                    lonDeg: Samples.claim.position.lonDeg + Double(number) * 0.00007,
                    accuracyM: 6, speedMps: 1.4, bearingDeg: 90, provider: .satellite, isMock: false,
                    batteryPercent: 80))
        }
    }
}
