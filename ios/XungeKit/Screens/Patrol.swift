// The patrol: what is recorded, where to go next, honest gaps, the end.
import Observation
import XungeCore

public struct PatrolScreenState: Equatable, Sendable {
    public var patrol: PatrolDetail?
    public var map: MapScene?
    public var radiusM: Double = 400
    public var next: [SuggestionStop] = []
    /// The names of key places, by their ids.
    public var placeNames: [String: String] = [:]
    public var isEnding = false
    public var failure: Failure?
}

public enum PatrolEvent: Sendable {
    case appeared
    case start
    case pause
    case resume
    case end
    case whereNext
    case zoomIn
    case zoomOut
    case centre
    case selfTest
    case openSettings(SettingsPage)
}

@MainActor @Observable
public final class PatrolViewModel: ScreenModel {
    public private(set) var state = PatrolScreenState()
    public static let appeared = PatrolEvent.appeared
    @ObservationIgnored private let shell: Shell
    private static let radiiM: ClosedRange<Double> = 100...3_200

    public init(_ shell: Shell) { self.shell = shell }

    /// What the recorder knows beside the state.
    public var recorder: PatrolRecorder { shell.recorder }

    public func handle(_ event: PatrolEvent) async {
        if case .end = event {} else { state.isEnding = false }
        do {
            try await take(event)
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func take(_ event: PatrolEvent) async throws {
        switch event {
        case .appeared, .centre: break
        case .start: try await shell.recorder.step { try await $0.startPatrol(.routine) }
        case .pause: try await shell.recorder.step { try await $0.pausePatrol() }
        case .resume: try await shell.recorder.step { try await $0.resumePatrol() }
        case .end:
            guard state.isEnding else {
                state.isEnding = true
                return
            }
            state.isEnding = false
            try await shell.recorder.step { try await $0.endPatrol() }
            shell.sendSoon()
        case .whereNext:
            guard let me = shell.recorder.me else { break }
            state.next = try await shell.gateway.whereNext(me)
            let places = try await shell.gateway.keyPlaces()
            state.placeNames = Dictionary(places.map { ($0.id, $0.name) }) { first, _ in first }
        case .zoomIn: zoom(0.5)
        case .zoomOut: zoom(2)
        case .selfTest:
            shell.go(.selfTest)
            return
        case .openSettings(let page):
            shell.platform.openSettings(page)
            return
        }
        try await load()
    }

    private func zoom(_ factor: Double) {
        state.radiusM = min(max(state.radiusM * factor, Self.radiiM.lowerBound), Self.radiiM.upperBound)
    }

    private func load() async throws {
        state.patrol = try await shell.gateway.patrol()
        guard let me = shell.recorder.me else { return }
        state.map = try await shell.gateway.map(around: me, radiusM: state.radiusM)
    }
}
