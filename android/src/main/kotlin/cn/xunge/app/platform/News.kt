package cn.xunge.app.platform

import cn.xunge.app.XungeApp

/** Turns the core's news into local notifications, each told once. */
object News {
    fun tell(app: XungeApp) = Unit
}
