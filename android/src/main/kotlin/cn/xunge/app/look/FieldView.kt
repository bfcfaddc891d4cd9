package cn.xunge.app.look

import android.app.DatePickerDialog
import android.text.Editable
import android.text.InputFilter
import android.text.InputType
import android.text.TextWatcher
import android.util.TypedValue
import android.view.View
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import java.time.LocalDate
import java.time.format.DateTimeParseException

/** A field with its label above. What is typed goes out letter by letter; what the state says comes in while nobody types. */
class FieldView(private val look: Look) : LinearLayout(look.context) {
    private val label = TextView(look.context)
    val edit = EditText(look.context)
    private var node: Field? = null
    private var isFilling = false

    init {
        orientation = VERTICAL
        addView(label)
        addView(edit, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT).apply { topMargin = look.px(4) })
        edit.importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO
        edit.isSaveEnabled = false
        edit.addTextChangedListener(object : TextWatcher {
            override fun beforeTextChanged(words: CharSequence, start: Int, count: Int, after: Int) = Unit

            override fun onTextChanged(words: CharSequence, start: Int, before: Int, count: Int) = Unit

            override fun afterTextChanged(words: Editable) {
                if (!isFilling) node?.typed?.invoke(words.toString())
            }
        })
    }

    fun show(next: Field) {
        val before = node
        node = next
        label.text = look.say(next.label)
        label.setTextSize(TypedValue.COMPLEX_UNIT_SP, look.sp(Style.SMALL))
        label.setTextColor(look.palette.quiet)
        edit.hint = next.hint?.let { look.say(it) }
        edit.contentDescription = label.text
        if (before?.input != next.input) dress(next)
        if (before == null || before.round != next.round || !edit.isFocused) fill(next.words)
    }

    private fun dress(next: Field) {
        edit.setTextSize(TypedValue.COMPLEX_UNIT_SP, look.sp(Style.BODY))
        edit.setTextColor(look.palette.ink)
        edit.setHintTextColor(look.palette.quiet)
        edit.background = look.pressable(look.palette.card, look.palette.quiet, look.palette.ink, 10)
        edit.setPadding(look.px(14), look.px(10), look.px(14), look.px(10))
        edit.minHeight = look.px(Look.TOUCH_DP)
        edit.filters = arrayOf(InputFilter.LengthFilter(next.charsMax))
        edit.inputType = when (next.input) {
            Input.WORDS -> InputType.TYPE_CLASS_TEXT
            Input.LINES -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE
            Input.NUMBER -> InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_FLAG_DECIMAL or
                InputType.TYPE_NUMBER_FLAG_SIGNED
            Input.TELEPHONE -> InputType.TYPE_CLASS_PHONE
            Input.PIN -> InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_VARIATION_PASSWORD
            Input.DAY -> InputType.TYPE_NULL
        }
        if (next.input == Input.LINES) edit.minLines = 2
        edit.isFocusable = next.input != Input.DAY
        if (next.input == Input.DAY) edit.setOnClickListener { pickDay() }
    }

    private fun fill(words: String) {
        if (edit.text.toString() == words) return
        isFilling = true
        edit.setText(words)
        edit.setSelection(edit.text.length)
        isFilling = false
    }

    private fun pickDay() {
        val shown = try {
            LocalDate.parse(edit.text)
        } catch (_: DateTimeParseException) {
            LocalDate.now()
        }
        val picked = DatePickerDialog.OnDateSetListener { _, year, month, day ->
            edit.setText(LocalDate.of(year, month + 1, day).toString())
        }
        DatePickerDialog(look.context, picked, shown.year, shown.monthValue - 1, shown.dayOfMonth).show()
    }
}
