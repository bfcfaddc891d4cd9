package cn.xunge.app.gateway

import cn.xunge.app.look.Text
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import xunge.core.ActionKind
import xunge.core.AttachmentRole
import xunge.core.Outcome
import xunge.core.PersonPart
import xunge.core.Refusal
import xunge.core.Source
import xunge.core.State
import xunge.core.SyncFailure
import xunge.core.TransportError
import xunge.core.Verdict

/** The words of the core's own names: every variant has one, which a test holds. */
object Names {
    fun of(state: State) = words("state_${state.name.lowercase()}")

    fun of(action: ActionKind) = words("action_${action.name.lowercase()}")

    fun of(role: AttachmentRole) = words("role_${role.name.lowercase()}")

    fun of(source: Source) = words("source_${source.name.lowercase()}")

    fun of(verdict: Verdict) = words("verdict_${verdict.name.lowercase()}")

    fun of(part: PersonPart) = words("part_${part.name.lowercase()}")

    fun of(refusal: Refusal) = words("refusal_${refusal.name.lowercase()}")

    /** What became of an act, where it did not simply take effect. */
    fun of(outcome: Outcome?): Text? = when (outcome) {
        null, Outcome.Accepted -> null
        is Outcome.Refused -> words("outcome_refused", of(outcome.v1))
        is Outcome.Remark -> words("outcome_remark", of(outcome.v1))
        is Outcome.Proposal -> words("outcome_proposal", of(outcome.v1))
    }

    fun of(failure: SyncFailure): Text = when (failure) {
        is SyncFailure.Transport -> words(transport(failure.error))
        SyncFailure.NotTheServer -> words("sync_not_the_server")
        SyncFailure.SignInRequired -> words("sync_sign_in_required")
        is SyncFailure.Forbidden -> words("sync_forbidden")
        is SyncFailure.Busy -> words("sync_busy")
        SyncFailure.TooLarge -> words("sync_too_large")
        is SyncFailure.Server -> words("sync_server")
        is SyncFailure.Rejected -> words("sync_rejected")
        is SyncFailure.Protocol -> words("sync_protocol")
        SyncFailure.Cancelled -> words("sync_cancelled")
    }

    private fun transport(error: TransportError): String = when (error) {
        is TransportError.Offline -> "sync_offline"
        is TransportError.Timeout -> "sync_timeout"
        is TransportError.Broken -> "sync_broken"
        is TransportError.Certificate -> "sync_certificate"
        is TransportError.BadAddress -> "sync_bad_address"
    }

    /** The refusal's code as `docs/errors.md` has it, in words; the code itself where the app is older than the server. */
    fun refusal(code: String): Text =
        if (Refusal.entries.any { it.name.lowercase() == code }) words("refusal_$code") else plain(code)

    fun list(parts: List<Text>): Text = joined(parts, "，")
}
