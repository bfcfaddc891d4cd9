// The phone as the screens use it.
import Foundation
import Network
import UIKit
import UserNotifications
import XungeKit

@MainActor
final class PhonePlatform: Platform {
    private let inbox: Inbox
    private let location: LocationSource
    private let camera: Camera
    private let scanner: CodeScanner
    private let recorder = Recorder()
    private let path = NWPathMonitor()
    private let bell = Bell()

    init(inbox: Inbox, location: LocationSource, gateway: CoreGateway) {
        self.inbox = inbox
        self.location = location
        camera = Camera(inbox: inbox)
        scanner = CodeScanner(gateway: gateway)
        UIDevice.current.isBatteryMonitoringEnabled = true
        path.start(queue: .main)
        UNUserNotificationCenter.current().delegate = bell
    }

    var isMetered: Bool { path.currentPath.isExpensive }

    func takePicture(_ report: ReportId) async -> PictureAnswer { await camera.take(report) }
    func pickPicture(_ report: ReportId) async -> PictureAnswer { await camera.pick(report) }

    func startRecording(_ report: ReportId) async -> RecordingAnswer {
        guard let path = try? inbox.place(for: report, name: "\(UUID().uuidString).aac") else {
            return .failed
        }
        return await recorder.start(path)
    }

    func stopRecording() async -> String? { recorder.stop() }
    func play(_ voice: Data) async { await recorder.play(voice) }
    func stopPlaying() { recorder.stopPlaying() }
    func positions() -> AsyncStream<PositionNews> { location.positions() }
    func recordPatrol(everyMs: Int64?) { location.record(everyMs: everyMs) }

    func facts() async -> PlatformFacts {
        let device = UIDevice.current
        let settings = await UNUserNotificationCenter.current().notificationSettings()
        let status = location.authorization
        let isAllowed = status == .authorizedAlways || status == .authorizedWhenInUse
        let home = URL(fileURLWithPath: NSHomeDirectory())
        let free = try? home.resourceValues(forKeys: [.volumeAvailableCapacityForImportantUsageKey])
        return PlatformFacts(
            hasPreciseLocation: isAllowed && location.isPrecise, hasCoarseLocation: isAllowed,
            isLocationOn: nil,
            isSatelliteOn: nil, mayRunInBackground: status == .authorizedAlways,
            mayNotify: settings.authorizationStatus == .authorized, isExemptFromBatterySaving: nil,
            isPowerSaving: ProcessInfo.processInfo.isLowPowerModeEnabled, mayStartItself: nil, maker: nil,
            isMockProviderOn: nil, batteryPercent: PhonePlatform.batteryPercent(),
            isCharging: device.batteryState == .charging || device.batteryState == .full,
            freeBytes: free?.volumeAvailableCapacityForImportantUsage.map { UInt64(max(0, $0)) },
            killedCount: 0,
            silentMin: nil)
    }

    func scanCode() async -> ScanAnswer {
        let language: Words.Language =
            Locale.preferredLanguages.first?.hasPrefix("en") == true ? .english : .chinese
        return await scanner.scan(words: Words(language, table: BundleTable(language: language)))
    }

    /// iOS opens the app's own page alone; from there every other is one tap away.
    func openSettings(_ page: SettingsPage) { open(UIApplication.openSettingsURLString) }

    func call(_ telephone: String) { open("tel:\(telephone.filter { $0.isNumber || $0 == "+" })") }

    func share(_ what: Shared) async {
        let item: Any
        switch what {
        case .text(let text): item = text
        case .picture(let bytes): item = UIImage(data: bytes) as Any
        case .file(let path): item = URL(fileURLWithPath: path)
        }
        let sheet = UIActivityViewController(activityItems: [item], applicationActivities: nil)
        PhonePlatform.frontController()?.present(sheet, animated: true, completion: nil)
    }

    func fileForSharing(_ name: String) -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    }

    func drawing(of lines: [String], pictures: [Data]) async -> Data? {
        Drawing.png(lines: lines, pictures: pictures)
    }

    func uptimeMs() -> Int64 { PhonePlatform.monotonicMs() }
    func wallMs() -> Timestamp { Words.now() }

    func tell(id: String, title: String, text: String) {
        let content = UNMutableNotificationContent()
        content.title = title
        content.body = text
        content.sound = .default
        let request = UNNotificationRequest(identifier: id, content: content, trigger: nil)
        Task {
            let center = UNUserNotificationCenter.current()
            guard (try? await center.requestAuthorization(options: [.alert, .sound])) == true else { return }
            try? await center.add(request)
        }
    }

    private func open(_ address: String) {
        guard let url = URL(string: address) else { return }
        UIApplication.shared.open(url, options: [:], completionHandler: nil)
    }

    /// Milliseconds since the phone started, counting sleep.
    static func monotonicMs() -> Int64 { Int64(clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW) / 1_000_000) }

    static func batteryPercent() -> UInt8? {
        let level = UIDevice.current.batteryLevel
        return level < 0 ? nil : UInt8(level * 100)
    }

    /// Whoever may show something now.
    static func frontController() -> UIViewController? {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        var front = scenes.first?.keyWindow?.rootViewController
        while let above = front?.presentedViewController { front = above }
        return front
    }
}

/// Lets news be seen while the app is in front, too: another screen may be open then.
private final class Bell: NSObject, UNUserNotificationCenterDelegate {
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification
    ) async -> UNNotificationPresentationOptions { [.banner, .list, .sound] }
}
