// Lists of reports, and one report with its whole story.
import SwiftUI
import XungeKit

struct ReportsView: View {
    @Environment(\.words) private var words
    let state: ReportsState
    let send: @MainActor (ReportsEvent) -> Void

    var body: some View {
        Page(words(.reportsTitle)) {
            LazyVGrid(columns: [GridItem(.adaptive(minimum: 100))], spacing: Size.gap) {
                ForEach(ReportsViewModel.tabs, id: \.self) { tab in
                    Tap(words.named("reports", tab), role: state.tab == tab ? .chosen : .plain) {
                        send(.tab(tab))
                    }
                }
            }
            Trouble(failure: state.failure)
            ForEach(state.drafts, id: \.report) { draft in
                Tap(words.draft(draft)) { send(.goOn(draft.report)) }
            }
            if state.rows.isEmpty && state.drafts.isEmpty && !state.isLoading { Line(words(.reportsEmpty)) }
            ForEach(state.rows, id: \.report) { row in
                ReportLine(row: row, thumbnail: row.thumbnail.flatMap { state.thumbnails[$0] }) {
                    send(.open(row.report))
                }
            }
            if state.hasMore { Tap(words(.reportsNext)) { send(.more) } }
        }
    }
}

struct ReportView: View {
    @Environment(\.words) private var words
    let state: ReportScreenState
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        Page(state.detail?.row.title ?? words(.reportTitle)) {
            if let detail = state.detail {
                ReportStanding(detail: detail, ownPerson: state.ownPerson, send: send)
                Trouble(failure: state.failure, trouble: state.trouble)
                ReportActs(state: state, detail: detail, send: send)
                ReportContents(state: state, detail: detail, send: send)
                ReportStory(detail: detail)
            } else {
                Line(words(.commonLoading))
                Trouble(failure: state.failure)
            }
        }
    }
}

/// Where it stands, who has it, why it came back.
private struct ReportStanding: View {
    @Environment(\.words) private var words
    let detail: ReportDetail
    /// Whose phone this is: nobody calls himself.
    let ownPerson: String
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        Card {
            Line(words(.reportCode, detail.row.code), role: .small, isQuiet: true)
            ForEach(Array(words.lines(of: detail.row, withReason: false).enumerated()), id: \.offset) {
                Line($0.element.text, isBold: $0.element.isCare, isCare: $0.element.isCare)
            }
            if detail.row.unsentCount > 0 { Line(words(.reportUnsent)) }
            if let why = detail.row.why {
                Heading(words(.reportWhy))
                Line(words.reason(why), isBold: true, isCare: true)
            }
            ForEach(detail.holders.filter { $0.person != ownPerson }, id: \.person) { holder in
                if let telephone = holder.telephone {
                    Tap(words(.commonCall, holder.name, telephone)) { send(.call(telephone)) }
                } else {
                    Line(holder.name)
                }
            }
        }
    }
}

/// What this person may do now.
private struct ReportActs: View {
    @Environment(\.words) private var words
    let state: ReportScreenState
    let detail: ReportDetail
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        if state.isEditing {
            Entry(words(.reportContent), text: state.words) { send(.words($0)) }
            Entry(words(.reportPlace), text: state.placeText) { send(.placeText($0)) }
            Tap(words(.reportAddPicture)) { send(.addPicture) }
            Trouble(problems: state.problems)
            Tap(words(.reportResubmit), role: .primary) { send(.resubmit) }
        } else if state.acts.contains(.submit) {
            Tap(words(.reportEdit), role: .primary) { send(.edit) }
            Tap(words(.reportResubmit)) { send(.resubmit) }
            Trouble(problems: state.problems)
        }
        if let done = state.done { Line(words(.decisionsDone, words.named("action", done)), isBold: true) }
        if let begun = state.begun {
            BegunCard(begun: begun) { send(.act($0)) }
        } else {
            ActButtons(kinds: Acts.offered(of: state.acts), confirming: state.confirming) { send(.begin($0)) }
        }
        if ReportViewModel.over.contains(detail.row.state) { Tap(words(.reportCard)) { send(.card) } }
    }
}

/// What was filled in, and what was added since.
private struct ReportContents: View {
    @Environment(\.words) private var words
    let state: ReportScreenState
    let detail: ReportDetail
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        Card {
            Heading(words(.reportContent))
            if detail.row.isErased {
                Line(words(.reportErased))
            } else if let content = detail.content {
                if !content.description.isEmpty { Line(content.description) }
                Line("\(detail.row.gridName) \(content.placeText)")
                Line(
                    "\(words(.reportTime)) \(words.time(content.occurredAt ?? content.createdAt))",
                    role: .small)
                Line(words(.reportReporter, detail.row.reporterName), role: .small)
                ForEach(detail.category?.fields ?? [], id: \.id) { field in
                    if let answer = content.answers[field.id] {
                        Line("\(field.name) \(AnswerField.plain(answer, words))", role: .small)
                    }
                }
                if !content.result.isEmpty { Line("\(words(.reportResult)) \(content.result)") }
                ForEach(words.notes(of: content), id: \.self) { Line("\(words(.reportAdd)) \($0)") }
                if !content.unknownJson.isEmpty {
                    Line(words(.reportUnknownFields), role: .small, isQuiet: true)
                }
            } else {
                Line(words(.reportContentMissing))
            }
            ForEach(detail.disputes, id: \.field) { dispute in
                Line(words.field(dispute.field, dispute.fieldName), isBold: true)
                Line(words(.reportDisputed), isBold: true, isCare: true)
                ForEach(Array(dispute.values.enumerated()), id: \.offset) { item in
                    if let edit = item.element.edit {
                        Tap(item.element.text, label: "\(dispute.fieldName) \(item.element.text)") {
                            send(.settle(edit))
                        }
                    } else {
                        Line(item.element.text)
                    }
                }
            }
            if !detail.amendments.isEmpty { Line(words(.reportAmended), isBold: true, isCare: true) }
            ForEach(detail.amendments, id: \.field) { change in
                Line(words.field(change.field, change.fieldName), role: .small)
                Line("\(change.before) → \(change.now)", role: .small)
            }
            if !detail.people.isEmpty { Line(words(.reportPeople), isBold: true) }
            ForEach(detail.people, id: \.id) { person in
                Line("\(words.named("part", person.part)) \(person.name) \(person.telephone ?? "")")
                    .privacySensitive()
            }
        }
        Card {
            ForEach(Array(detail.attachments.enumerated()), id: \.element.id) { item in
                ReportAttachment(number: item.offset + 1, picture: item.element, state: state, send: send)
            }
            Entry(words(.reportAdd), text: state.note) { send(.note($0)) }
            Tap(words(.reportAddSend)) { send(.addNote) }.disabled(state.note.isEmpty)
            if !state.isEditing { Tap(words(.reportAddPicture)) { send(.addPicture) } }
        }
    }
}

private struct ReportAttachment: View {
    @Environment(\.words) private var words
    let number: Int
    let picture: PictureDetail
    let state: ReportScreenState
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        if picture.reference.kind == .voiceNote {
            let seconds = picture.reference.durationMs / 1_000
            Tap(state.playing == picture.id ? words(.captureVoicePlayStop) : words(.reportVoice, seconds)) {
                send(.play(picture.id))
            }
        } else {
            Picture(bytes: state.pictures[picture.id], name: words.named("role", picture.reference.role))
            Line(words(.reportPicture, number, words.named("role", picture.reference.role)), role: .small)
            Line(words.standing(of: picture), role: .small, isQuiet: true)
        }
        if !picture.isHere {
            Tap(words(.reportPictureGet), label: "\(words(.reportPictureGet)) \(number)") {
                send(.fetch(picture.id))
            }
        }
    }
}

/// Every act in the server's order, then what waits.
private struct ReportStory: View {
    @Environment(\.words) private var words
    let detail: ReportDetail

    var body: some View {
        Card {
            Heading(words(.reportStory))
            ForEach(detail.story, id: \.command) { line in
                VStack(alignment: .leading, spacing: 4) {
                    Line("\(words.act(line.action)) · \(line.byName)", isBold: true)
                    Line(words.moment(of: line), role: .small)
                    if let reason = line.reason { Line(words.reason(reason), role: .small) }
                    if let text = line.text { Line(text, role: .small) }
                    if let outcome = words.outcome(line.outcome) { Line(outcome, role: .small, isCare: true) }
                }
            }
        }
    }
}
