// Which screen is in front, and the view model of each screen on the way to it.
import Foundation
import Observation
import XungeCore

/// The whole app, without its looks.
@MainActor @Observable
public final class AppModel {
    /// The screen at the bottom: who is it, or home.
    public private(set) var root: Route = .profiles
    /// The screens above it, the front one last. Written by the system's back gesture too.
    public var path: [Route] = [] {
        didSet { pathChanged(from: oldValue) }
    }
    public var looks: Looks {
        didSet { looks.keep(in: memory) }
    }
    /// The phone's language, for who has chosen none.
    @ObservationIgnored public var phoneLanguage: Words.Language = .chinese
    /// Where texts come from, by language.
    @ObservationIgnored public var table: @MainActor (Words.Language) -> any WordTable = {
        BundleTable(language: $0)
    }

    @ObservationIgnored public let gateway: CoreGateway
    @ObservationIgnored public let memory: any Memory
    @ObservationIgnored public let errands = Errands()
    @ObservationIgnored public let recorder: PatrolRecorder
    @ObservationIgnored public let platform: any Platform
    @ObservationIgnored private let keys: any KeyStore
    @ObservationIgnored private let inbox: Inbox
    @ObservationIgnored private var models: [Route: any ScreenModel] = [:]
    @ObservationIgnored private var watching: KeptTask?
    @ObservationIgnored private var isSending = false

    public init(
        gateway: CoreGateway, platform: any Platform, inbox: Inbox, memory: any Memory, keys: any KeyStore
    ) {
        self.gateway = gateway
        self.platform = platform
        self.inbox = inbox
        self.memory = memory
        self.keys = keys
        looks = Looks(memory)
        recorder = PatrolRecorder(gateway: gateway, platform: platform)
        recorder.changed = { [weak self] in
            guard let self, front == .patrol else { return }
            errands.start { await self.refresh() }
        }
    }

    /// The screen in front.
    public var front: Route { path.last ?? root }

    /// The language of the screens.
    public var language: Words.Language { looks.language ?? phoneLanguage }

    /// Finds out which screen comes first: enrolment, the people on this phone, or home.
    public func start() async {
        stopWatching()
        let profiles = (try? await gateway.profiles()) ?? []
        var first: Route = gateway.hasProfile ? .home : .profiles
        if profiles.isEmpty { first = .enrol }
        if !gateway.hasProfile, profiles.count == 1, let only = profiles.first, !only.hasPin,
            (try? await gateway.openProfile(only.id, key: try keys.key())) != nil
        {
            first = .home
        }
        models = [:]
        root = first
        path = []
        if gateway.hasProfile {
            watch()
            await recorder.tick()
            // Whoever enrolled and did not come to the end of the notice gets it again.
            if let due = memory.fact("notice_due"), due == (try? await gateway.info().id) { path = [.notice] }
        }
        await post(first)
    }

    /// Opens a screen.
    public func go(_ route: Route) {
        if path.last != route { path.append(route) }
    }

    /// Back to the screen before.
    public func back() {
        if !path.isEmpty { path.removeLast() }
    }

    /// The view model of a screen; made when it is first asked for, kept while the screen is on the way.
    public func model<Model: ScreenModel>(_ route: Route, _ make: (Shell) -> Model) -> Model {
        if let model = models[route] as? Model { return model }
        let model = make(shell)
        models[route] = model
        return model
    }

    /// Sends an event to a view model without waiting for it.
    public func send<Model: ScreenModel>(_ event: Model.ScreenEvent, to model: Model) {
        errands.start { await model.handle(event) }
    }

    /// The words of the screens.
    public var words: Words { Words(language, table: table(language)) }

    /// Sends and fetches, and tells what is new; never twice at once. Without photos where the system is to send them.
    public func sync(withAttachments: Bool = true) async {
        guard gateway.hasProfile, !isSending else { return }
        isSending = true
        _ = try? await gateway.sync(isMetered: platform.isMetered, withAttachments: withAttachments)
        isSending = false
        await tellNews()
        await refresh()
    }

    /// Sends the work, photos included, of everybody on this phone who is not signed in.
    public func syncOthers() async {
        try? await gateway.syncOthers(isMetered: platform.isMetered, key: try keys.key())
    }

    /// While the app is in front: waits at the server and fetches when there is news, until the task is cancelled.
    public func stayInTouch() async {
        await syncOthers()
        while !Task.isCancelled, gateway.hasProfile {
            guard let hasNews = try? await gateway.wait(timeoutMs: Self.waitMs) else {
                try? await Task.sleep(for: .seconds(30))
                continue
            }
            if hasNews, !Task.isCancelled { await sync() }
        }
    }

    private static let waitMs: UInt64 = 50_000

    /// Local notifications of what this person was not told yet; each once.
    private func tellNews() async {
        guard let news = try? await gateway.news(), !news.isEmpty else { return }
        let words = words
        for item in news {
            let text = item.words.isEmpty ? item.byName : item.words
            platform.tell(id: "\(item.id)", title: words.news(item), text: text)
        }
        try? await gateway.told(news.map(\.id))
    }

    /// Tells the front screen to look again.
    public func refresh() async { await post(front) }

    private var shell: Shell {
        Shell(
            gateway: gateway, platform: platform, inbox: inbox, memory: memory, recorder: recorder,
            go: { [weak self] in self?.go($0) },
            back: { [weak self] in self?.back() },
            restart: { [weak self] in await self?.start() },
            keys: keys,
            sendSoon: { [weak self] in
                guard let self else { return }
                errands.start { await self.sync() }
            })
    }

    private func pathChanged(from before: [Route]) {
        guard path != before else { return }
        let kept = Set(path + [root])
        models = models.filter { kept.contains($0.key) }
        let front = front
        errands.start { [weak self] in await self?.post(front) }
    }

    private func post(_ route: Route) async {
        guard let model = ScreenFactory.model(of: route, in: self) else { return }
        await Self.appear(model)
    }

    private static func appear<Model: ScreenModel>(_ model: Model) async {
        await model.handle(Model.appeared)
    }

    private func watch() {
        guard let statuses = try? gateway.statuses() else { return }
        watching = KeptTask(
            Task { [weak self] in
                for await status in statuses {
                    guard let self else { return }
                    (models[.home] as? HomeViewModel)?.statusChanged(status)
                }
            })
    }

    private func stopWatching() {
        watching?.cancel()
        watching = nil
    }
}

/// Where the key of the phone's databases lies: one for all its profiles.
public protocol KeyStore: Sendable {
    /// The key, 32 bytes, made where there is none; nil where this build does not encrypt. Throws where there was one and it is lost.
    func key() throws -> Data?
    /// Forgets a key that is lost, so that a new one can be made.
    func forget()
}

/// For builds that do not encrypt.
public struct NoKeyStore: KeyStore {
    public init() {}
    public func key() throws -> Data? { nil }
    public func forget() {}
}

/// The phone had a key and has it no more: a reset of its keystore, for example after a change of the lock.
public struct KeyLost: Error, Equatable {
    public init() {}
}
