package cn.xunge.app

/** The app as it ships, but that it sends when a test presses the button, and not by itself; its clock can be set, its key asked for. */
class TestApp : XungeApp() {
    /** How far somebody has set the phone's clock. */
    var clockMs = 0L
    var isKeyWanted = false

    override val isAutomatic get() = false

    override val isEncrypted get() = isKeyWanted

    override fun now() = super.now() + clockMs
}
