package cn.xunge.app

import cn.xunge.app.look.Palette
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element
import xunge.core.ActionKind
import xunge.core.AttachmentRole
import xunge.core.Level
import xunge.core.PersonPart
import xunge.core.Refusal
import xunge.core.Source
import xunge.core.State
import xunge.core.Tab
import xunge.core.Verdict

/** The tables that both phones share, and rules of the shell that a machine can check. */
class TablesTest {
    private val shell = File(System.getProperty("xunge.repository"), "android")
    private val main = File(shell, "src/main")
    private val zh = table("values")
    private val en = table("values-en")

    @Test fun bothLanguagesHaveEveryKey() = assertEquals(zh.keys, en.keys)

    @Test fun bothLanguagesFillInTheSameThings() {
        val differing = zh.keys.filter { places(zh.getValue(it)) != places(en.getValue(it)) }
        assertEquals(emptyList<String>(), differing)
    }

    @Test fun nothingInChineseIsEnglish() {
        val latin = Regex("[A-Za-z]{2,}")
        val english = zh.filterValues { value -> latin.findAll(value.replace(Regex("%\\d\\$[sd]"), "")).any { it.value !in KNOWN } }
        assertEquals(emptyMap<String, String>(), english - "settings_language_en")
    }

    @Test fun noWordThatACadreWouldNotSay() {
        val machine = listOf("冲突", "同步错误", "发件箱", "异常", "服务器端", "客户端", "同步失败")
        assertEquals(emptyMap<String, String>(), zh.filterValues { value -> machine.any { it in value } })
        val english = listOf("conflict", "sync", "outbox", "exception", "server error")
        assertEquals(emptyMap<String, String>(), en.filterValues { value -> english.any { it in value.lowercase() } })
    }

    @Test fun everyNameOfTheCoreHasWords() {
        val wanted = State.entries.map { "state_${it.name}" } + ActionKind.entries.map { "action_${it.name}" } +
            Refusal.entries.map { "refusal_${it.name}" } + AttachmentRole.entries.map { "role_${it.name}" } +
            Source.entries.map { "source_${it.name}" } + Verdict.entries.map { "verdict_${it.name}" } +
            PersonPart.entries.map { "part_${it.name}" } + Level.entries.map { "level_${it.name}" } +
            Tab.entries.map { "reports_${it.name}" }
        assertEquals(emptyList<String>(), wanted.map { it.lowercase() } - zh.keys)
    }

    @Test fun everyKeyThatTheCodeNamesIsInTheTable() {
        val naming = Regex("""words\((?:if \([^)]*\) )?"([a-z_]+)"""")
        val named = sources().flatMap { file -> naming.findAll(file.readText()).map { it.groupValues[1] } }
        assertEquals(emptySet<String>(), named.filterNot { it.endsWith("_") }.toSet() - zh.keys)
    }

    @Test fun wordsStandOutFromTheirGround() {
        val faint = listOf("light" to Palette.LIGHT, "dark" to Palette.DARK, "high contrast" to Palette.HIGH).flatMap { (name, palette) ->
            palette.pairs.map { "$name %08x on %08x".format(it.ink, it.under) to Palette.contrast(it.ink, it.under) }
        }.filter { it.second < 7.0 }
        assertEquals(emptyList<Any>(), faint)
    }

    @Test fun viewModelsKnowNothingOfAndroid() {
        val wrong = File(main, "kotlin/cn/xunge/app/screen").walk().filter { it.extension == "kt" }
            .filter { file -> file.readLines().any { it.startsWith("import android.") } }.map { it.name }.toList()
        assertEquals(emptyList<String>(), wrong)
    }

    @Test fun onlyTheGatewayCallsGeneratedCode() {
        val calling = Regex("""^import xunge\.core\.(Device|Phone|CancelToken|Subscription|StatusObserver|PlaceWait|[a-z]\w*)$""")
        val wrong = sources().filter { it.parentFile.name != "gateway" }
            .filter { file -> file.readLines().any { calling.matches(it) } }.map { it.name }
        assertEquals(emptyList<String>(), wrong)
    }

    @Test fun everyPermissionHasItsReason() {
        val manifest = xml(File(main, "AndroidManifest.xml")).getElementsByTagName("uses-permission")
        val names = (0 until manifest.length).map { (manifest.item(it) as Element).getAttribute("android:name") }
        val asked = names.map { it.substringAfterLast('.') }.toSet()
        val privacy = File(shell, "../docs/privacy.md").readText()
        val explained = Regex("""\| `([A-Z_]+)` \|""").findAll(privacy).map { it.groupValues[1] }.toSet()
        assertEquals(asked, explained)
    }

    @Test fun nothingOfTheAppIsOpenToOthersButItsFirstScreen() {
        val exported = listOf("activity", "service", "receiver", "provider").flatMap { kind ->
            val all = xml(File(main, "AndroidManifest.xml")).getElementsByTagName(kind)
            (0 until all.length).map { all.item(it) as Element }
        }.filter { it.getAttribute("android:exported") != "false" }.map { it.getAttribute("android:name") }
        assertEquals(listOf(".MainActivity"), exported)
    }

    @Test fun filesAndFunctionsStayShortAndLinesNarrow() {
        val all = sources() + File(shell, "src/test/kotlin").walk().filter { it.extension == "kt" }
        val long = all.filter { it.readLines().size >= 500 || it.readLines().any { line -> line.length > 140 } }.map { it.name }
        assertEquals(emptyList<String>(), long)
        assertEquals(emptyList<String>(), all.flatMap { longFunctions(it) })
        assertTrue(sources().size > 40)
    }

    /** Functions of 70 lines or more: from their first line to the brace that stands below it. */
    private fun longFunctions(file: File): List<String> {
        val lines = file.readLines()
        return lines.indices.filter { lines[it].contains(Regex("""\bfun\b.*\{$""")) }.mapNotNull { first ->
            val end = lines[first].takeWhile { it == ' ' } + "}"
            val length = lines.drop(first).indexOfFirst { it == end }
            if (length >= 70) "${file.name}:${first + 1}" else null
        }
    }

    private fun sources(): List<File> = File(main, "kotlin").walk().filter { it.extension == "kt" }.toList()

    private fun places(text: String) = Regex("%\\d\\$[sd]").findAll(text).map { it.value }.sorted().toList()

    private fun table(folder: String): Map<String, String> {
        val all = xml(File(main, "res/$folder/strings.xml")).getElementsByTagName("string")
        return (0 until all.length).map { all.item(it) as Element }.associate { it.getAttribute("name") to it.textContent }
    }

    private fun xml(file: File) = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).documentElement

    private companion object {
        /** What is said so in Chinese too. */
        val KNOWN = setOf("KB", "MB", "JPEG", "HEIC", "English")
    }
}
