// Which view model belongs to which screen.

/// Makes the view model of a screen, or finds the one that is there.
@MainActor
enum ScreenFactory {
    static func model(of route: Route, in app: AppModel) -> (any ScreenModel)? {
        switch route {
        case .enrol: app.enrol
        case .notice: app.notice
        case .profiles: app.profiles
        case .home: app.home
        case .reports: app.reports
        case .decisions: app.decisions
        case .selfTest: app.selfTest
        case .attention: app.attention
        case .settings: app.settings
        case .capture(let report): app.capture(report)
        case .category(let report): app.category(report)
        case .place(let report): app.place(report)
        case .hint(let report): app.hint(report)
        case .report(let report): app.report(report)
        case .tasks: app.tasks
        case .task(let task): app.task(task)
        case .patrol: app.patrol
        case .coverage: app.coverage
        case .dayLog: app.dayLog
        case .card(let report): app.card(report)
        }
    }
}

extension AppModel {
    public var enrol: EnrolViewModel { model(.enrol) { EnrolViewModel($0) } }
    public var notice: NoticeViewModel { model(.notice) { NoticeViewModel($0) } }
    public var profiles: ProfilesViewModel { model(.profiles) { ProfilesViewModel($0) } }
    public var home: HomeViewModel { model(.home) { HomeViewModel($0) } }
    public var reports: ReportsViewModel { model(.reports) { ReportsViewModel($0) } }
    public var decisions: DecisionsViewModel { model(.decisions) { DecisionsViewModel($0) } }
    public var tasks: TasksViewModel { model(.tasks) { TasksViewModel($0) } }
    public var patrol: PatrolViewModel { model(.patrol) { PatrolViewModel($0) } }
    public var coverage: CoverageViewModel { model(.coverage) { CoverageViewModel($0) } }
    public var dayLog: DayLogViewModel { model(.dayLog) { DayLogViewModel($0) } }
    public var selfTest: SelfTestViewModel { model(.selfTest) { SelfTestViewModel($0) } }
    public var attention: AttentionViewModel { model(.attention) { AttentionViewModel($0) } }
    public var settings: SettingsViewModel {
        model(.settings) { shell in
            SettingsViewModel(shell, looks: looks) { [weak self] in self?.looks = $0 }
        }
    }

    public func task(_ task: TaskName) -> TaskViewModel {
        model(.task(task)) { TaskViewModel($0, task: task) }
    }
    public func card(_ report: ReportId) -> CardViewModel {
        model(.card(report)) { CardViewModel($0, report: report) }
    }
    public func capture(_ report: ReportId) -> CaptureViewModel {
        model(.capture(report)) { CaptureViewModel($0, report: report) }
    }
    public func category(_ report: ReportId) -> CategoryViewModel {
        model(.category(report)) { CategoryViewModel($0, report: report) }
    }
    public func place(_ report: ReportId) -> PlaceViewModel {
        model(.place(report)) { PlaceViewModel($0, report: report) }
    }
    public func hint(_ report: ReportId) -> HintViewModel {
        model(.hint(report)) { HintViewModel($0, report: report) }
    }
    public func report(_ report: ReportId) -> ReportViewModel {
        model(.report(report)) { ReportViewModel($0, report: report) }
    }
}
