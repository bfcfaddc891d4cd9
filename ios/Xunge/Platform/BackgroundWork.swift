// What goes on while nobody looks: a sync when the system lets it (asked for every 15 minutes), and photos that the system sends itself.
import BackgroundTasks
import Foundation
import XungeKit

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@MainActor
final class BackgroundWork {
    static let refresh = "cn.xunge.refresh"
    nonisolated static let session = "cn.xunge.photos"
    private let app: AppModel
    private let photos: PhotoHandOver
    private static let everyS: TimeInterval = 15 * 60

    /// Registers the task; the system wants that before the app has started.
    init(app: AppModel) {
        self.app = app
        let configuration = URLSessionConfiguration.background(withIdentifier: Self.session)
        configuration.isDiscretionary = false
        photos = PhotoHandOver(gateway: app.gateway, configuration: configuration)
        photos.answered = { [weak app] _ in
            app?.errands.start { await app?.refresh() }
        }
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
    func handOver() async { await photos.next(isMetered: app.platform.isMetered) }

    /// The system woke the app because it had an answer: what came is taken, and the next request handed over.
    func settled() async { await photos.settled() }

    private func run(_ task: BGTask) {
        schedule()
        let work = Task { @MainActor in
            await app.sync(withAttachments: false)
            await handOver()
            await app.syncOthers()
            task.setTaskCompleted(success: !Task.isCancelled)
        }
        task.expirationHandler = { work.cancel() }
    }
}
