// Settings.
import SwiftUI
import XungeKit

struct SettingsView: View {
    @Environment(\.words) private var words
    let state: SettingsState
    let send: @MainActor (SettingsEvent) -> Void

    var body: some View {
        Page(words(.settingsTitle)) {
            Trouble(failure: state.failure)
            SettingsLooks(looks: state.looks, send: send)
            sending
            storage
            rescue
            pin
            Tap(words(.settingsLog)) { send(.showLog) }
            if let log = state.log {
                Line(log, role: .small)
                Tap(words(.settingsLogShare)) { send(.shareLog) }
            }
            Tap(words(.settingsProfiles)) { send(.open(.profiles)) }
            Tap(words(.settingsNotice)) { send(.open(.notice)) }
            Line(words(.settingsVersion, state.version), role: .small, isQuiet: true)
        }
    }

    @ViewBuilder private var sending: some View {
        Choice(text: words(.settingsWifiOnly), isOn: state.isWifiOnly) { send(.wifiOnly($0)) }
        Tap(words(.settingsSync), role: .primary) { send(.send) }.disabled(state.isSending)
        if state.isSending { Line(words(.settingsSyncing)) }
        if let sent = state.sent { Line(words.syncResult(sent), isBold: true) }
    }

    @ViewBuilder private var storage: some View {
        if let use = state.storage {
            Card {
                Heading(words(.settingsStorage))
                Line(words(.settingsStorageDatabase, words.size(use.databaseBytes)))
                Line(words(.settingsStoragePictures, words.size(use.picturesBytes)))
                Line(words(.settingsStorageVoice, words.size(use.voiceBytes)))
                Line(words(.settingsStorageTracks, words.size(use.tracksBytes)))
                Line(words(.settingsStorageOther, words.size(use.otherBytes)))
                Line(words(.settingsStorageUnsent, words.size(use.unsentBytes)), isBold: true)
            }
        }
    }

    @ViewBuilder private var rescue: some View {
        Line(words(.settingsRescueText), role: .small, isQuiet: true)
        Tap(words(.settingsRescue)) { send(.rescue) }
        if let rescued = state.rescued {
            let begunCount = rescued.draftCount + rescued.wordsCount
            Line(words(.settingsRescued, rescued.itemCount, rescued.blobCount, begunCount), isBold: true)
        }
        if state.isNothingToRescue { Line(words(.settingsRescueNone)) }
    }

    @ViewBuilder private var pin: some View {
        Heading(words(.settingsPin))
        Entry(words(.profilesPin), text: state.pin, isSecret: true) { send(.pin($0)) }
        Tap(words(.settingsPinSet)) { send(.setPin) }.disabled(state.pin.isEmpty)
        if state.hasPin { Tap(words(.settingsPinRemove)) { send(.removePin) } }
        if let done = state.pinDone { Line(words(done)) }
    }
}

/// Language, size of letters, contrast.
private struct SettingsLooks: View {
    @Environment(\.words) private var words
    let looks: Looks
    let send: @MainActor (SettingsEvent) -> Void

    var body: some View {
        Heading(words(.settingsLanguage))
        language(nil, .settingsLanguageSystem)
        language(.chinese, .settingsLanguageZh)
        language(.english, .settingsLanguageEn)
        Heading(words(.settingsText))
        LazyVGrid(columns: [GridItem(.adaptive(minimum: 100))], spacing: Size.gap) {
            ForEach(Looks.textPercents, id: \.self) { percent in
                Tap(
                    words(.settingsTextPercent, percent),
                    role: looks.textPercent == percent ? .chosen : .plain
                ) {
                    send(.textPercent(percent))
                }
            }
        }
        Choice(text: words(.settingsContrast), isOn: looks.isHighContrast) { send(.highContrast($0)) }
    }

    private func language(_ language: Words.Language?, _ key: Key) -> some View {
        Tap(words(key), role: looks.language == language ? .chosen : .plain) { send(.language(language)) }
    }
}
