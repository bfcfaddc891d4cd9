package cn.xunge.app.screen

import cn.xunge.app.screen.attention.AttentionViewModel
import cn.xunge.app.screen.attention.attentionView
import cn.xunge.app.screen.capture.CaptureViewModel
import cn.xunge.app.screen.capture.captureView
import cn.xunge.app.screen.category.CategoryViewModel
import cn.xunge.app.screen.category.categoryView
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
    else -> error("later")
}
