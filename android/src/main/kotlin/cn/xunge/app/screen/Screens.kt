package cn.xunge.app.screen

import cn.xunge.app.screen.attention.AttentionViewModel
import cn.xunge.app.screen.attention.attentionView
import cn.xunge.app.screen.capture.CaptureViewModel
import cn.xunge.app.screen.capture.captureView
import cn.xunge.app.screen.card.CardViewModel
import cn.xunge.app.screen.card.cardView
import cn.xunge.app.screen.category.CategoryViewModel
import cn.xunge.app.screen.category.categoryView
import cn.xunge.app.screen.coverage.CoverageViewModel
import cn.xunge.app.screen.coverage.coverageView
import cn.xunge.app.screen.daylog.DayLogViewModel
import cn.xunge.app.screen.daylog.dayLogView
import cn.xunge.app.screen.decisions.DecisionsViewModel
import cn.xunge.app.screen.decisions.decisionsView
import cn.xunge.app.screen.enrol.EnrolViewModel
import cn.xunge.app.screen.enrol.enrolView
import cn.xunge.app.screen.hint.HintViewModel
import cn.xunge.app.screen.hint.hintView
import cn.xunge.app.screen.home.HomeViewModel
import cn.xunge.app.screen.home.homeView
import cn.xunge.app.screen.notice.NoticeViewModel
import cn.xunge.app.screen.notice.noticeView
import cn.xunge.app.screen.patrol.PatrolViewModel
import cn.xunge.app.screen.patrol.patrolView
import cn.xunge.app.screen.place.PlaceViewModel
import cn.xunge.app.screen.place.placeView
import cn.xunge.app.screen.profiles.ProfilesViewModel
import cn.xunge.app.screen.profiles.profilesView
import cn.xunge.app.screen.report.ReportViewModel
import cn.xunge.app.screen.report.reportView
import cn.xunge.app.screen.reports.ReportsViewModel
import cn.xunge.app.screen.reports.reportsView
import cn.xunge.app.screen.selftest.SelfTestViewModel
import cn.xunge.app.screen.selftest.selfTestView
import cn.xunge.app.screen.settings.SettingsViewModel
import cn.xunge.app.screen.settings.settingsView
import cn.xunge.app.screen.task.TaskViewModel
import cn.xunge.app.screen.task.taskView
import cn.xunge.app.screen.tasks.TasksViewModel
import cn.xunge.app.screen.tasks.tasksView

/** The view model and the view of every screen. */
fun shown(screen: Screen, host: Host): Shown<*, *> = when (screen.name) {
    Screen.Name.ENROL -> Shown(EnrolViewModel(host, screen.about), ::enrolView)
    Screen.Name.NOTICE -> Shown(NoticeViewModel(host, screen.about), ::noticeView)
    Screen.Name.PROFILES -> Shown(ProfilesViewModel(host), ::profilesView)
    Screen.Name.HOME -> Shown(HomeViewModel(host), ::homeView)
    Screen.Name.CAPTURE -> Shown(CaptureViewModel(host, screen.about), ::captureView)
    Screen.Name.CATEGORY -> Shown(CategoryViewModel(host, screen.about), ::categoryView)
    Screen.Name.PLACE -> Shown(PlaceViewModel(host, screen.about), ::placeView)
    Screen.Name.HINT -> Shown(HintViewModel(host, screen.about), ::hintView)
    Screen.Name.REPORTS -> Shown(ReportsViewModel(host, screen.about), ::reportsView)
    Screen.Name.REPORT -> Shown(ReportViewModel(host, screen.about), ::reportView)
    Screen.Name.DECISIONS -> Shown(DecisionsViewModel(host), ::decisionsView)
    Screen.Name.PATROL -> Shown(PatrolViewModel(host), ::patrolView)
    Screen.Name.SELF_TEST -> Shown(SelfTestViewModel(host), ::selfTestView)
    Screen.Name.ATTENTION -> Shown(AttentionViewModel(host), ::attentionView)
    Screen.Name.SETTINGS -> Shown(SettingsViewModel(host), ::settingsView)
    Screen.Name.COVERAGE -> Shown(CoverageViewModel(host), ::coverageView)
    Screen.Name.TASKS -> Shown(TasksViewModel(host), ::tasksView)
    Screen.Name.TASK -> Shown(TaskViewModel(host, screen.about), ::taskView)
    Screen.Name.DAY_LOG -> Shown(DayLogViewModel(host, screen.about), ::dayLogView)
    Screen.Name.CARD -> Shown(CardViewModel(host, screen.about), ::cardView)
}
