// What goes on while nobody looks: a sync when the system lets it (asked for every 15 minutes), and photos that the system sends itself.
import BackgroundTasks
import Foundation
import Network
import XungeKit

@MainActor
final class BackgroundWork {
    static let refresh = "cn.xunge.refresh"
    private let app: AppModel
    private let photos: PhotoHandOver
    private let path = NWPathMonitor()
    private static let everyS: TimeInterval = 15 * 60

    /// Registers the task; the system wants that before the app has started.
    init(app: AppModel) {
        self.app = app
        photos = PhotoHandOver(gateway: app.gateway)
        path.start(queue: .main)
        BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.refresh, using: .main) {
            [weak self] task in
            MainActor.assumeIsolated { self?.run(task) }
        }
    }

    /// Asks for the next time.
    func schedule() {
        let request = BGAppRefreshTaskRequest(identifier: Self.refresh)
        request.earliestBeginDate = Date(timeIntervalSinceNow: Self.everyS)
        try? BGTaskScheduler.shared.submit(request)
    }

    /// Photos that wait go over to the system.
    func handOver() async { await photos.next(isMetered: isMetered) }

    private var isMetered: Bool { path.currentPath.isExpensive }

    private func run(_ task: BGTask) {
        schedule()
        let work = Task { @MainActor in
            await app.syncInBackground(isMetered: isMetered)
            await handOver()
            task.setTaskCompleted(success: !Task.isCancelled)
        }
        task.expirationHandler = { work.cancel() }
    }
}
