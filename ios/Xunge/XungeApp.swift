// The app: opens the phone's folder once, shows the screens, and takes part in what the system lets it do while nobody looks.
import SwiftUI
import XungeKit

@main
struct XungeApp: App {
    @Environment(\.scenePhase) private var phase
    @State private var shell = ShellOnPhone.open()

    var body: some Scene {
        WindowGroup {
            StartView(shell: shell)
                // The picture that the system keeps for its list of apps shows nobody's data.
                .overlay { if phase == .background { Cover() } }
                .onChange(of: phase) { _, now in shell.phaseChanged(isInFront: now == .active) }
        }
        .backgroundTask(.urlSession(BackgroundWork.session)) { await shell.photosSettled() }
    }
}

/// The screens, or in words that the phone's storage cannot be used.
private struct StartView: View {
    let shell: ShellOnPhone

    var body: some View {
        if let app = shell.app {
            RootView(app: app).task { await shell.start() }
        } else {
            Line(Words(.chinese, table: BundleTable(language: .chinese))(.errorStorageFailed), isBold: true)
        }
    }
}

/// Covers everything.
private struct Cover: View {
    @Environment(\.palette) private var palette

    var body: some View { palette.ground.color }
}
