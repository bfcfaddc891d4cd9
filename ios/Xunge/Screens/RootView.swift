// The way through the screens. Each screen gets its state and a way to send events, and knows nothing else.
import SwiftUI
import XungeKit

struct RootView: View {
    @Bindable var app: AppModel

    var body: some View {
        NavigationStack(path: $app.path) {
            ScreenView(app: app, route: app.root)
                .navigationDestination(for: Route.self) { ScreenView(app: app, route: $0) }
        }
        .environment(\.words, app.words)
        .environment(\.looks, app.looks)
    }
}

/// The screen of a route.
struct ScreenView: View {
    let app: AppModel
    let route: Route

    var body: some View {
        switch route {
        case .enrol: EnrolView(state: app.enrol.state, send: to(app.enrol))
        case .notice: NoticeView(state: app.notice.state, send: to(app.notice))
        case .profiles: ProfilesView(state: app.profiles.state, send: to(app.profiles))
        case .home: HomeView(state: app.home.state, send: to(app.home))
        case .capture, .category, .place, .hint: CaptureScreens(app: app, route: route)
        case .reports: ReportsView(state: app.reports.state, send: to(app.reports))
        case .report(let report): ReportView(state: app.report(report).state, send: to(app.report(report)))
        case .decisions: DecisionsView(state: app.decisions.state, send: to(app.decisions))
        default: MoreScreens(app: app, route: route)
        }
    }

    private func to<Model: ScreenModel>(_ model: Model) -> @MainActor (Model.ScreenEvent) -> Void {
        { app.send($0, to: model) }
    }
}

/// The screens on the way of one draft.
private struct CaptureScreens: View {
    let app: AppModel
    let route: Route

    var body: some View {
        switch route {
        case .capture(let report):
            CaptureView(state: app.capture(report).state, send: to(app.capture(report)))
        case .category(let report):
            CategoryView(state: app.category(report).state, send: to(app.category(report)))
        case .place(let report): PlaceView(state: app.place(report).state, send: to(app.place(report)))
        case .hint(let report): HintView(state: app.hint(report).state, send: to(app.hint(report)))
        default: EmptyView()
        }
    }

    private func to<Model: ScreenModel>(_ model: Model) -> @MainActor (Model.ScreenEvent) -> Void {
        { app.send($0, to: model) }
    }
}

private struct MoreScreens: View {
    let app: AppModel
    let route: Route

    var body: some View {
        switch route {
        case .tasks: TasksView(state: app.tasks.state, send: to(app.tasks))
        case .task(let task): TaskScreenView(state: app.task(task).state, send: to(app.task(task)))
        case .patrol:
            PatrolView(
                state: app.patrol.state, notices: app.recorder.notices,
                isLocationOff: app.recorder.isLocationOff,
                isRefused: app.recorder.isRefused, failure: app.recorder.failure, send: to(app.patrol))
        case .selfTest: SelfTestView(state: app.selfTest.state, send: to(app.selfTest))
        case .coverage: CoverageView(state: app.coverage.state, send: to(app.coverage))
        case .dayLog: DayLogView(state: app.dayLog.state, send: to(app.dayLog))
        case .card(let report): CardView(state: app.card(report).state, send: to(app.card(report)))
        case .attention: AttentionView(state: app.attention.state, send: to(app.attention))
        case .settings: SettingsView(state: app.settings.state, send: to(app.settings))
        default: EmptyView()
        }
    }

    private func to<Model: ScreenModel>(_ model: Model) -> @MainActor (Model.ScreenEvent) -> Void {
        { app.send($0, to: model) }
    }
}
