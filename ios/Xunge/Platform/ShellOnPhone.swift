// Joins the app with the phone: folders, keys, background work, language.
import Foundation
import UIKit
import XungeKit

/// What lives as long as the process.
@MainActor
final class ShellOnPhone {
    /// The app; nil where the phone's folder cannot be opened.
    let app: AppModel?
    private let background: BackgroundWork?
    private let location: LocationSource
    private var touch: Task<Void, Never>?

    static func open() -> ShellOnPhone { ShellOnPhone() }

    private init() {
        let folder = URL.applicationSupportDirectory.appendingPathComponent("xunge", isDirectory: true)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Reports and people are no matter for somebody's cloud: the data is left out of backups.
        var excluded = URLResourceValues()
        excluded.isExcludedFromBackup = true
        var home = folder
        try? home.setResourceValues(excluded)
        let inbox = Inbox(folder: folder.appendingPathComponent("inbox").path)
        let location = LocationSource()
        let settings = CoreGateway.Settings(
            folder: folder.appendingPathComponent("data").path,
            noBackupFolder: folder.appendingPathComponent("identity").path,
            appVersion: ShellOnPhone.version, deviceLabel: UIDevice.current.name, rootsPem: ShellOnPhone.roots
        )
        self.location = location
        guard let gateway = try? CoreGateway(settings, onSlowCall: SlowCallLog.note) else {
            (app, background) = (nil, nil)
            return
        }
        let platform = PhonePlatform(inbox: inbox, location: location, gateway: gateway)
        let app = AppModel(
            gateway: gateway, platform: platform, inbox: inbox, memory: DefaultsMemory(), keys: Keychain())
        app.phoneLanguage = Locale.preferredLanguages.first?.hasPrefix("en") == true ? .english : .chinese
        location.recorder = app.recorder
        self.app = app
        background = BackgroundWork(app: app)
    }

    /// Once, when the first screen appears.
    func start() async {
        guard let app else { return }
        await app.start()
        await app.sync()
    }

    /// In front: waits at the server. Behind: photos go over to the system.
    func phaseChanged(isInFront: Bool) {
        touch?.cancel()
        touch = nil
        guard let app else { return }
        if isInFront {
            touch = Task { await app.stayInTouch() }
        } else {
            background?.schedule()
            app.errands.start { [background] in await background?.handOver() }
        }
    }

    /// The system brought answers to photos that it sent; returns when they are taken.
    func photosSettled() async { await background?.settled() }

    private static var version: String {
        Bundle.main.infoDictionary?["CFBundleShortVersionString"] as? String ?? "0"
    }

    /// The township's own roots, where the build has them.
    private static var roots: Data {
        guard let path = Bundle.main.path(forResource: "roots", ofType: "pem") else { return Data() }
        return FileManager.default.contents(atPath: path) ?? Data()
    }
}
