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
