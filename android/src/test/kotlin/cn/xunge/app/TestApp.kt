package cn.xunge.app

/** The app as it ships, but that it sends when a test presses the button, and not by itself. */
class TestApp : XungeApp() {
    override val isAutomatic get() = false
}
