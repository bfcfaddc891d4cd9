// A field that the category declares.
import SwiftUI
import XungeKit

/// Draws a field by its kind; the core says whether an answer fits.
struct AnswerField: View {
    @Environment(\.words) private var words
    let field: FieldSpec
    let answer: Answer?
    let suggested: Answer?
    let change: @MainActor (Answer?) -> Void

    var body: some View {
        Line(field.isRequired ? field.name : words(.commonOptional, field.name), role: .small, isQuiet: true)
        switch field.kind {
        case .choice(let options):
            ForEach(options, id: \.self) { option in
                Tap(
                    option, role: answer == .text(option) ? .chosen : .plain, label: "\(field.name) \(option)"
                ) {
                    change(answer == .text(option) ? nil : .text(option))
                }
            }
        case .yesNo:
            ForEach([true, false], id: \.self) { isYes in
                let word = words(isYes ? .commonYes : .commonNo)
                Tap(word, role: answer == .yesNo(isYes) ? .chosen : .plain, label: "\(field.name) \(word)") {
                    change(answer == .yesNo(isYes) ? nil : .yesNo(isYes))
                }
            }
        case .number:
            Entry(field.name, text: text) {
                change($0.isEmpty ? nil : Double($0).map(Answer.number) ?? .text($0))
            }
        case .date, .text:
            Entry(field.name, text: text) { change($0.isEmpty ? nil : .text($0)) }
        }
        if answer == nil, let suggested { Tap(AnswerField.plain(suggested, words)) { change(suggested) } }
    }

    private var text: String { answer.map { AnswerField.plain($0, words) } ?? "" }

    static func plain(_ answer: Answer, _ words: Words) -> String {
        switch answer {
        case .yesNo(let isYes): words(isYes ? .commonYes : .commonNo)
        case .number(let number): number == number.rounded() ? String(Int(number)) : String(number)
        case .text(let text): text
        }
    }
}
