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

extension Hand {
    /// Files a report at the sample's place through the screens, and sends it.
    public func file(_ words: String) async throws -> ReportId {
        await app.home.handle(.report)
        await rest()
        guard case .capture(let report) = app.front else { throw StageProblem(description: "no draft") }
        let capture = app.capture(report)
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
