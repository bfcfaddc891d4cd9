package cn.xunge.app.gateway

import cn.xunge.app.look.Text
import cn.xunge.app.look.joined
import cn.xunge.app.look.words
import org.json.JSONException
import org.json.JSONObject
import xunge.core.CoreException
import xunge.core.InputProblem

/** What a call of the core came to. */
sealed class Answer<out T> {
    data class Done<T>(val value: T) : Answer<T>()

    data class Failed(val failure: Failure) : Answer<Nothing>()
}

/** Why a call failed, in words for the person; [detail] is for the log. */
data class Failure(
    val kind: Kind,
    val text: Text,
    val problems: List<Problem> = emptyList(),
    val retryAfterMs: Long? = null,
    val detail: String = "",
) {
    /** The stable name of what is wrong with a field, where something is. */
    fun rule(field: String): String? = problems.firstOrNull { it.field == field }?.rule

    /** What can be done about it. */
    enum class Kind { INPUT, NOT_FOUND, NOT_ALLOWED, SIGN_IN, OFFLINE, FULL, STORAGE, UPDATE, INTERNAL, KEY_LOST }

    companion object {
        /** The words for whatever a call threw; a panic of the core comes as any other exception. */
        fun of(thrown: Throwable): Failure = when (thrown) {
            is CoreException.InvalidInput -> input(thrown)
            is CoreException.NotFound -> Failure(Kind.NOT_FOUND, words("error_not_found"), detail = thrown.detail)
            is CoreException.NotAllowed -> Failure(
                Kind.NOT_ALLOWED,
                thrown.refusal?.let { words("refusal_${it.name.lowercase()}") } ?: words("error_not_allowed"),
                detail = thrown.detail,
            )
            is CoreException.SignInRequired -> signIn(thrown)
            is CoreException.Offline -> Failure(Kind.OFFLINE, words("error_offline"), detail = thrown.detail)
            is CoreException.StorageFull -> Failure(Kind.FULL, words("error_storage_full"), detail = thrown.detail)
            is CoreException.KeyLost -> Failure(Kind.KEY_LOST, words("error_key_lost"), detail = thrown.detail)
            is CoreException.StorageFailed -> Failure(Kind.STORAGE, words("error_storage_failed"), detail = thrown.detail)
            is CoreException.UpdateRequired -> Failure(Kind.UPDATE, words("error_update_required"), detail = thrown.detail)
            is KeyLost -> Failure(Kind.KEY_LOST, words("enrol_key_lost"), detail = thrown.toString())
            else -> Failure(Kind.INTERNAL, words("error_internal"), detail = thrown.toString())
        }

        private fun input(thrown: CoreException.InvalidInput): Failure {
            val file = thrown.problems.singleOrNull { it.field in FILES }
            if (file != null) return Failure(Kind.INPUT, words(trouble(file)), detail = thrown.detail)
            return Failure(Kind.INPUT, words("error_invalid_input"), thrown.problems.map { Problem.of(it) }, detail = thrown.detail)
        }

        /** Why a file could not be taken, and what to do. */
        private fun trouble(problem: InputProblem) = when {
            problem.field == VOICE_NOTE -> "capture_voice_failed"
            problem.rule == "empty" -> "capture_picture_none"
            problem.rule == "heic" -> "capture_picture_heic"
            problem.rule == "too_large" -> "capture_picture_large"
            else -> "capture_picture_bad"
        }

        private const val VOICE_NOTE = "voice_note"
        private val FILES = setOf("picture", VOICE_NOTE)

        private fun signIn(thrown: CoreException.SignInRequired): Failure {
            val wait = thrown.retryAfterMs?.toLong()
            val text = if (wait == null) words("error_sign_in_required") else words("error_pin_wait", (wait + 999) / 1000)
            return Failure(Kind.SIGN_IN, text, retryAfterMs = wait, detail = thrown.detail)
        }
    }
}

/** The database's key is gone with the phone's lock settings; what is on the disk stays. */
class KeyLost(cause: Throwable?) : Exception("the key of the database cannot be opened", cause)

/** One field that must be corrected: its path (`category`, `answers/size`) and what is wrong with it. */
data class Problem(val field: String, val text: Text, val rule: String = "") {
    companion object {
        fun of(problem: InputProblem): Problem {
            val field = problem.field
            val name = if (field in NAMED) words("field_$field") else words("field_shown")
            return Problem(field, joined(listOf(name, rule(problem.ruleJson)), "："), problem.rule)
        }

        /** What is wrong, without the field's name. */
        private fun rule(json: String): Text {
            val rule = try {
                JSONObject(json)
            } catch (_: JSONException) {
                return words("rule_other")
            }
            return when (val name = rule.optString("rule")) {
                "too_long" -> words("rule_too_long", rule.optInt("chars_max"))
                "too_many" -> words("rule_too_many", rule.optInt("count_max"))
                in PLAIN_RULES -> words("rule_$name")
                else -> words("rule_other")
            }
        }

        private val NAMED = setOf(
            "category", "grid", "description", "place", "place_text", "result", "people", "attachments", "notes",
        )
        private val PLAIN_RULES = setOf(
            "missing", "nothing_shown", "unknown", "not_offered", "not_a_grid", "outside_township", "result_missing",
            "not_a_position", "answer",
        )
    }
}
