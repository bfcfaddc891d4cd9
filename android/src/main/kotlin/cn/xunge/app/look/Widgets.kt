package cn.xunge.app.look

import android.content.res.ColorStateList
import android.graphics.Typeface
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.widget.Button
import android.widget.ProgressBar
import android.widget.Switch
import android.widget.TextView
import cn.xunge.app.R

/** Buttons, chips, switches and letters, all of one make. */
class Widgets(private val look: Look) {
    fun letter(view: TextView, style: Style) {
        view.setTextSize(TypedValue.COMPLEX_UNIT_SP, look.sp(style))
        view.setTypeface(null, if (style in HEAVY) Typeface.BOLD else Typeface.NORMAL)
        view.setLineSpacing(0f, 1.15f)
        view.includeFontPadding = true
    }

    /** The colour of words where they stand: within a coloured card its ink, else by what they mean. */
    fun ink(view: View, tone: Tone): Int {
        var at = view.parent as? View
        while (at != null) {
            val card = at.getTag(R.id.node) as? Card
            if (card != null && card.tone !in BLANK) return look.pair(card.tone).ink
            if (card != null) break
            at = at.parent as? View
        }
        return look.colour(tone)
    }

    fun press(): Button = Button(look.context, null, 0, android.R.style.Widget_Material_Button_Borderless).apply {
        isAllCaps = false
        stateListAnimator = null
        isFocusable = true
    }

    fun press(view: Button, node: Press) {
        val pair = look.pair(node.weight)
        val isHuge = node.weight == Weight.HUGE
        letter(view, if (isHuge) Style.HUGE else Style.STRONG)
        view.text = look.say(node.label)
        view.contentDescription = node.said?.let { look.say(it) }
        view.isEnabled = node.isOn
        view.gravity = Gravity.CENTER
        view.minHeight = look.px(if (isHuge) Look.HUGE_DP else Look.TOUCH_DP)
        view.minimumHeight = view.minHeight
        val side = look.px(14)
        view.setPadding(side, look.px(8), side, look.px(8))
        val (under, ink) = if (node.isOn) pair else Palette.Pair(look.palette.ground, look.palette.quiet)
        view.setTextColor(ink)
        val line = if (node.weight == Weight.QUIET || !node.isOn) look.palette.line else pair.under
        view.background = look.pressable(under, if (look.palette.lineDp > 1f) ink else line, ink)
        val icon = node.icon?.let { look.icon(it, ink) }
        if (isHuge) view.setCompoundDrawables(null, icon, null, null) else view.setCompoundDrawables(icon, null, null, null)
        view.compoundDrawablePadding = look.px(if (isHuge) 2 else 8)
        view.setOnClickListener { node.act() }
    }

    fun chip(view: Button, node: Chip) {
        letter(view, if (node.isChosen) Style.STRONG else Style.BODY)
        val words = look.say(node.label)
        view.text = if (node.isChosen) "✓ $words" else words
        view.contentDescription = if (node.isChosen) look.say(words("common_chosen", words)) else words
        view.minHeight = look.px(Look.TOUCH_DP)
        view.minimumHeight = view.minHeight
        view.minWidth = look.px(Look.TOUCH_DP)
        view.minimumWidth = view.minWidth
        view.setPadding(look.px(16), look.px(6), look.px(16), look.px(6))
        val pair = if (node.isChosen) look.palette.main else Palette.Pair(look.palette.card, look.palette.ink)
        view.setTextColor(pair.ink)
        view.background = look.pressable(pair.under, if (node.isChosen) pair.under else look.palette.line, pair.ink, 28)
        view.isSelected = node.isChosen
        view.setOnClickListener { node.act() }
    }

    fun toggle(view: Switch, node: Toggle) {
        letter(view, Style.BODY)
        view.text = look.say(node.label)
        view.setTextColor(ink(view, Tone.PLAIN))
        view.minHeight = look.px(Look.TOUCH_DP)
        view.minimumHeight = view.minHeight
        view.showText = false
        val states = arrayOf(intArrayOf(android.R.attr.state_checked), intArrayOf())
        val main = look.palette.accent
        view.thumbTintList = ColorStateList(states, intArrayOf(main, look.palette.quiet))
        view.trackTintList = ColorStateList(states, intArrayOf(main, look.palette.line))
        view.setOnCheckedChangeListener(null)
        view.isChecked = node.isOn
        view.setOnCheckedChangeListener { _, isOn -> node.act(isOn) }
    }

    fun progress(view: ProgressBar, node: Progress) {
        view.isIndeterminate = node.part == null
        view.max = 1000
        view.progress = ((node.part ?: 0f) * 1000).toInt()
        view.progressTintList = ColorStateList.valueOf(look.palette.accent)
        view.minimumHeight = look.px(10)
    }

    private companion object {
        val HEAVY = setOf(Style.STRONG, Style.TITLE, Style.HUGE)
        val BLANK = setOf(Tone.PLAIN, Tone.QUIET)
    }
}
