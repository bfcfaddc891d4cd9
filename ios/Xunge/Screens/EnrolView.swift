// Enrolment, the notice, the people on this phone.
import SwiftUI
import XungeKit

struct EnrolView: View {
    @Environment(\.words) private var words
    let state: EnrolState
    let send: @MainActor (EnrolEvent) -> Void

    var body: some View {
        Page(words(.enrolTitle)) {
            Line(words(.enrolIntro))
            if state.hasLostKey { Line(words(.enrolKeyLost), isBold: true, isCare: true) }
            Tap(words(.enrolScan), role: .primary, isBig: true) { send(.scan) }
            Tap(words(.enrolPicture)) { send(.pick) }
            Tap(words(.enrolType)) { send(.type) }
            if state.isTyping || !state.code.isEmpty {
                Entry(words(.enrolCode), text: state.code) { send(.codeChanged($0)) }
            }
            Trouble(failure: state.failure, trouble: state.trouble)
            if let server = state.server {
                Line(words(.enrolServer, server))
                if state.isWorking {
                    Line(words(.enrolWorking))
                } else {
                    Tap(words(.enrolGo), role: .primary) { send(.enrol) }
                }
            }
        }
    }
}

struct NoticeView: View {
    @Environment(\.words) private var words
    let state: NoticeState
    let send: @MainActor (NoticeEvent) -> Void

    var body: some View {
        Page(words(.noticeTitle)) {
            Line(words(.noticeWhose, state.name), isBold: true)
            ForEach(state.places, id: \.self) { Line(words(.noticeWhere, $0)) }
            part(.noticeWhat, .noticeWhatText)
            part(.noticeNot, .noticeNotText)
            part(.noticeWho, .noticeWhoText)
            part(.noticeHow, .noticeHowText)
        } foot: {
            Tap(words(.noticeAgree), role: .primary) { send(.agree) }
        }
    }

    private func part(_ title: Key, _ text: Key) -> some View {
        Card {
            Heading(words(title))
            Line(words(text))
        }
    }
}

struct ProfilesView: View {
    @Environment(\.words) private var words
    let state: ProfilesState
    let send: @MainActor (ProfilesEvent) -> Void

    var body: some View {
        Page(words(.profilesTitle)) {
            ForEach(state.profiles, id: \.id) { profile in
                Tap(
                    profile.hasPin ? "\(profile.name) · \(words(.profilesPinLocked))" : profile.name,
                    role: state.chosen == profile.id ? .chosen : .plain
                ) { send(.choose(profile.id)) }
            }
            if state.chosen != nil {
                Entry(words(.profilesPin), text: state.pin, isSecret: true) { send(.pinChanged($0)) }
                Trouble(failure: state.failure)
                Tap(words(.profilesOpen), role: .primary) { send(.open) }
            }
            Line(words(.profilesStillSends), role: .small, isQuiet: true)
            ForEach(state.setAside, id: \.self) {
                Line(words(.profilesAside, $0), role: .small, isQuiet: true)
            }
            Tap(words(.profilesAdd)) { send(.add) }
        }
    }
}
