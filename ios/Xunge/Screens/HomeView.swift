// The first screen.
import SwiftUI
import XungeKit

struct HomeView: View {
    @Environment(\.words) private var words
    let state: HomeState
    let send: @MainActor (HomeEvent) -> Void

    var body: some View {
        Page(words(.homeGreeting, state.name)) {
            ForEach(state.notices, id: \.id) { notice in
                Card {
                    Line(words.named("home_notice", notice.kind), isBold: true, isCare: true)
                    Tap(words(.commonOk)) { send(.dismiss(notice.id)) }
                }
            }
            Trouble(failure: state.failure)
            if !state.returned.isEmpty {
                Heading(words(.homeReturned))
                ForEach(Array(state.returned.enumerated()), id: \.offset) { item in
                    Tap("\(item.element.title)\n\(words.returned(item.element))") {
                        send(.returned(item.element))
                    }
                }
            }
            if !state.drafts.isEmpty {
                Heading(words(.homeDrafts, state.drafts.count))
                ForEach(state.drafts, id: \.report) { draft in
                    Tap(draft.title.isEmpty ? draft.code : draft.title) { send(.goOn(draft.report)) }
                }
            }
            Card { SendingLines(sending: state.sending) }
            if state.attentionCount > 0 {
                Tap(words(.homeAttention, state.attentionCount), role: .care) { send(.open(.attention)) }
            }
            if state.decisionCount > 0 {
                Tap(words(.homeDecisions, state.decisionCount), role: .primary) { send(.open(.decisions)) }
            }
            Tap(state.taskCount > 0 ? words(.homeTasks, state.taskCount) : words(.homeNoTasks)) {
                send(.open(.tasks))
            }
            Tap(words.patrolButton(state.patrol)) { send(.open(.patrol)) }
            Tap(words(.homeReports)) { send(.open(.reports)) }
            Tap(words(.homeCoverage)) { send(.open(.coverage)) }
            Tap(words(.homeDayLog)) { send(.open(.dayLog)) }
            Tap(words(.homeChangePerson)) { send(.changePerson) }
            Tap(words(.homeSettings)) { send(.open(.settings)) }
        } foot: {
            Tap(words(.homeReport), role: .primary, isBig: true) { send(.report) }
        }
    }
}
