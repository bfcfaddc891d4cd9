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
            if state.rows.isEmpty && !state.isLoading { Line(words(.reportsEmpty)) }
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
                ReportStanding(detail: detail, send: send)
                ReportActs(state: state, detail: detail, send: send)
                ReportContents(state: state, detail: detail, send: send)
                ReportStory(detail: detail)
            } else {
                Line(words(.commonLoading))
            }
            Trouble(failure: state.failure)
        }
    }
}

/// Where it stands, who has it, why it came back.
private struct ReportStanding: View {
    @Environment(\.words) private var words
    let detail: ReportDetail
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        Card {
            Line(words(.reportCode, detail.row.code), role: .small, isQuiet: true)
            ForEach(Array(words.lines(of: detail.row).enumerated()), id: \.offset) {
                Line($0.element.text, isBold: $0.element.isCare, isCare: $0.element.isCare)
            }
            if detail.row.unsentCount > 0 { Line(words(.reportUnsent)) }
            if let why = detail.row.why {
                Heading(words(.reportWhy))
                Line(words.reason(why), isBold: true, isCare: true)
            }
            ForEach(detail.holders, id: \.person) { holder in
                if let telephone = holder.telephone {
                    Tap(words(.commonCall, holder.name, telephone)) { send(.call(telephone)) }
                } else {
                    Line(holder.name)
                }
            }
        }
    }
}

/// What the worker himself may do now.
private struct ReportActs: View {
    @Environment(\.words) private var words
    let state: ReportScreenState
    let detail: ReportDetail
    let send: @MainActor (ReportEvent) -> Void

    var body: some View {
        if state.isEditing {
            Entry(words(.reportContent), text: state.words) { send(.words($0)) }
            Tap(words(.reportAddPicture)) { send(.addPicture) }
            Trouble(trouble: state.trouble, problems: state.problems)
            Tap(words(.reportResubmit), role: .primary) { send(.resubmit) }
        } else if state.acts.contains(.submit) {
            Tap(words(.reportEdit), role: .primary) { send(.edit) }
            Tap(words(.reportResubmit)) { send(.resubmit) }
            Trouble(problems: state.problems)
        }
        if state.acts.contains(.withdraw) {
            let isSure = state.confirming == .withdraw
            Tap(words(isSure ? .reportWithdrawSure : .actionWithdraw), role: isSure ? .care : .plain) {
                send(.withdraw)
            }
        }
        if detail.row.state == .closed { Tap(words(.reportCard)) { send(.card) } }
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
                Line(words(.reportReporter, detail.row.reporterName), role: .small)
                if !content.result.isEmpty { Line("\(words(.reportResult)) \(content.result)") }
                if !content.unknownJson.isEmpty {
                    Line(words(.reportUnknownFields), role: .small, isQuiet: true)
                }
            } else {
                Line(words(.reportContentMissing))
            }
            ForEach(detail.disputes, id: \.field) { dispute in
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
            ForEach(detail.amendments, id: \.field) { Line("\($0.before) → \($0.now)", role: .small) }
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
            Tap(words(.reportAddSend)) { send(.addNote) }
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
            if picture.isReceived { Line(words(.reportPictureReceived), role: .small, isQuiet: true) }
        }
        if picture.path == nil {
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
                    Line(line.receivedAt.map { words.time($0) } ?? words(.reportStoryWaiting), role: .small)
                    if let reason = line.reason { Line(words.reason(reason), role: .small) }
                    if let text = line.text { Line(text, role: .small) }
                    if let outcome = words.outcome(line.outcome) { Line(outcome, role: .small, isCare: true) }
                }
            }
        }
    }
}
