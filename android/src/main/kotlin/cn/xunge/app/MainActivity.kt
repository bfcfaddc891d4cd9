package cn.xunge.app

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.ViewGroup.LayoutParams
import android.view.WindowManager
import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.Failure
import cn.xunge.app.look.Look
import cn.xunge.app.look.PageView
import cn.xunge.app.platform.Errands
import cn.xunge.app.platform.PatrolService
import cn.xunge.app.platform.SyncJob
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Shown
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.Wish
import cn.xunge.app.screen.enrol.EnrolViewModel
import cn.xunge.app.screen.shown
import java.util.Locale
import xunge.core.ProfileInfo
import xunge.core.SyncStatus

/**
 * The one window: a stack of screens, of which the uppermost is drawn. What survives a rotation or the end of the process is which screens
 * those are, by their ids; everything that was typed lies in the core.
 */
class MainActivity : Activity() {
    private val app get() = application as XungeApp
    private val way = ArrayList<Screen>()
    private var wayAfterSignIn: List<Screen> = emptyList()
    private val scrolled = HashMap<Screen, Int>()
    private lateinit var look: Look
    private lateinit var errands: Errands
    private var top: Shown<*, *>? = null
    private var pageView: PageView? = null
    private var isDrawingDue = false
    private val listening: (SyncStatus) -> Unit = { top?.model?.changed() }

    override fun attachBaseContext(base: Context) {
        super.attachBaseContext((base.applicationContext as XungeApp).wardrobe.dress(base))
    }

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        look = Look(this, app.wardrobe.palette(this))
        errands = Errands(this, look) { tell(it) }
        errands.restore(saved)
        window.decorView.setBackgroundColor(look.palette.ground)
        wayAfterSignIn = saved?.getStringArrayList(WAY)?.mapNotNull { Screen.of(it) }.orEmpty()
        intent?.getStringExtra(OPENS)?.let { opens -> if (saved == null) Screen.of(opens)?.let { wayAfterSignIn = listOf(HOME, it) } }
        if (app.gateway.current != null) signedIn() else begin()
    }

    /** Nobody is on the screen: the only person without a PIN is put there, else it is asked who it is. */
    private fun begin() = app.gateway.profiles { answer ->
        val profiles = (answer as? Answer.Done)?.value.orEmpty()
        val only = profiles.singleOrNull() ?: profiles.firstOrNull { it.id == app.wardrobe.lastProfile }
        when {
            profiles.isEmpty() -> reset(Screen(Screen.Name.ENROL))
            only == null || only.hasPin -> reset(Screen(Screen.Name.PROFILES))
            else -> app.gateway.choose(only, null) { chosen(it, profiles.map { one -> one.id }) }
        }
    }

    private fun chosen(answer: Answer<ProfileInfo>, all: List<String>) = when (answer) {
        is Answer.Done -> signedIn()
        is Answer.Failed ->
            if (answer.failure.kind != Failure.Kind.KEY_LOST) reset(Screen(Screen.Name.PROFILES))
            else app.setAside(all) { reset(Screen(Screen.Name.ENROL, EnrolViewModel.KEY_LOST)) }
    }

    private fun signedIn() {
        val profile = app.gateway.current ?: return
        app.wardrobe.lastProfile = profile.id
        SyncJob.schedule(this)
        if (app.isAutomatic) app.loop.sync {}
        val hasRead = app.wardrobe.hasRead(profile.id)
        way.clear()
        way += if (hasRead) wayAfterSignIn.ifEmpty { listOf(HOME) } else listOf(Screen(Screen.Name.NOTICE))
        wayAfterSignIn = emptyList()
        open()
    }

    private fun reset(to: Screen) {
        way.clear()
        way += to
        open()
    }

    // --- the uppermost screen

    private fun open() {
        top?.model?.stop()
        val screen = way.last()
        val host = Host(app.gateway, { wish(it) }, { app.now() }, { isChinese() })
        val shown = shown(screen, host)
        top = shown
        pageView = null
        shown.watch { draw() }
        shown.model.start()
        draw()
    }

    private fun isChinese() = resources.configuration.locales[0].language == Locale.CHINESE.language

    /** Draws once after everything that is in line. */
    private fun draw() {
        if (isDrawingDue) return
        isDrawingDue = true
        app.main.execute {
            isDrawingDue = false
            drawNow()
        }
    }

    private fun drawNow() {
        val shown = top ?: return
        if (isDestroyed) return
        val page = shown.page()
        val screen = way.last()
        val view = pageView ?: PageView(look, app.pictures).also { fresh ->
            pageView = fresh
            setContentView(fresh, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
            title = look.say(page.title)
            scrolled[screen]?.let { y -> fresh.post { fresh.scroll.scrollTo(0, y) } }
            if (page.isSecret) window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
            else window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE)
        }
        view.show(page)
    }

    private fun keepScroll() {
        pageView?.let { scrolled[way.last()] = it.scroll.scrollY }
    }

    // --- what screens wish

    private fun wish(wish: Wish) {
        when (wish) {
            is Wish.Go -> go { way += wish.to }
            is Wish.Turn -> go { way[way.size - 1] = wish.to }
            Wish.Back -> if (way.size > 1) go { way.removeAt(way.size - 1) } else finish()
            is Wish.Home -> go {
                way.clear()
                way += HOME
                wish.with?.let { way += it }
            }
            Wish.Agreed -> agreed()
            Wish.SignedIn -> signedIn()
            Wish.ChangePerson -> {
                app.gateway.leave()
                reset(Screen(Screen.Name.PROFILES))
            }
            Wish.SyncNow -> app.loop.sync { answer ->
                tell(if (answer is Answer.Done) Told.Synced(answer.value) else Told.NotSynced((answer as Answer.Failed).failure))
            }
            Wish.WatchPatrol -> app.gateway.current?.let { PatrolService.start(this, it.id) }
            is Wish.Wear -> wear(wish)
            is Wish.ShareScreen -> pageView?.let { errands.shareDrawn(look.say(wish.title), wish.name, it.drawn()) }
            Wish.AskWorn -> app.wardrobe.run { tell(Told.Worn(language, textPercent, isHighContrast, app.version())) }
            else -> errands.run(wish)
        }
    }

    private fun go(change: () -> Unit) {
        keepScroll()
        change()
        open()
    }

    private fun agreed() {
        app.gateway.current?.let { app.wardrobe.read(it.id) }
        if (way.size > 1) wish(Wish.Back) else reset(HOME)
    }

    private fun wear(wish: Wish.Wear) {
        wish.language?.let { app.wardrobe.language = it }
        wish.textPercent?.let { app.wardrobe.textPercent = it }
        wish.isHighContrast?.let { app.wardrobe.isHighContrast = it }
        recreate()
    }

    private fun tell(what: Told) {
        top?.model?.told(what)
    }

    // --- what the system says

    override fun onStart() {
        super.onStart()
        app.loop.told += listening
        app.patrolTold = { tell(Told.Notices(it)) }
        app.loop.keep()
        errands.wake()
        top?.model?.start()
    }

    override fun onStop() {
        app.loop.letGo()
        app.patrolTold = {}
        errands.rest()
        app.loop.told -= listening
        super.onStop()
    }

    override fun onDestroy() {
        top?.model?.stop()
        errands.stop()
        super.onDestroy()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        val opens = intent.getStringExtra(OPENS)?.let { Screen.of(it) } ?: return
        if (app.gateway.current == null) wayAfterSignIn = listOf(HOME, opens) else wish(Wish.Home(opens))
    }

    override fun onSaveInstanceState(into: Bundle) {
        super.onSaveInstanceState(into)
        into.putStringArrayList(WAY, ArrayList(way.map { it.toString() }))
        errands.save(into)
    }

    @Deprecated("the system calls it on every phone")
    override fun onBackPressed() = wish(Wish.Back)

    @Deprecated("the system calls it on every phone")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) = errands.result(request, result, data)

    override fun onRequestPermissionsResult(request: Int, names: Array<String>, granted: IntArray) =
        errands.permission(request, granted)

    /** For tests: the screens that lie above each other. */
    val screens: List<Screen> get() = way

    companion object {
        /** Which screen a notification opens. */
        const val OPENS = "opens"
        private const val WAY = "way"
        private val HOME = Screen(Screen.Name.HOME)
    }
}
