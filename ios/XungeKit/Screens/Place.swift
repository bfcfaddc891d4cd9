// The grid by name, and the place as people say it.
import Observation
import XungeCore

public struct PlaceState: Equatable, Sendable {
    public var text = ""
    public var nearby: [NearbyName] = []
    public var search = ""
    public var grids: [GridChoice] = []
    public var chosen: UnitId?
    /// Whether the phone is measuring where it is.
    public var isMeasuring = false
    public var trouble: Key?
    public var failure: Failure?
}

public enum PlaceEvent: Sendable {
    case appeared
    case text(String)
    case nearby(String)
    case search(String)
    case grid(UnitId)
    /// Takes the place where the phone is now.
    case here
    case done
}

@MainActor @Observable
public final class PlaceViewModel: ScreenModel {
    public private(set) var state = PlaceState()
    public static let appeared = PlaceEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let report: ReportId
    @ObservationIgnored private var measuring: KeptTask?

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        self.report = report
    }

    public func handle(_ event: PlaceEvent) async {
        do {
            try await take(event)
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func take(_ event: PlaceEvent) async throws {
        switch event {
        case .appeared: try await load()
        case .text(let text), .nearby(let text):
            state.text = text
            try await shell.gateway.editDraft(report, [.setPlaceText(text)])
        case .search(let text):
            state.search = text
            state.grids = try await grids(text)
        case .grid(let grid):
            try await shell.gateway.editDraft(report, [.setGrid(grid)])
            state.chosen = grid
        case .here:
            state.isMeasuring = true
            state.trouble = nil
            measuring = KeptTask.listening(to: shell.platform) { [weak self] in await self?.take($0) }
        case .done: shell.back()
        }
    }

    /// Takes what the phone says about where it is; the first position ends measuring.
    func take(_ news: PositionNews) async {
        guard state.isMeasuring else { return }
        switch news {
        case .off: state.trouble = .captureLocationOff
        case .refused: state.trouble = .captureLocationRefused
        case .claim(let claim):
            (state.isMeasuring, state.trouble) = (false, nil)
            do {
                try await shell.gateway.setPlace(report, claim)
                try await load()
            } catch {
                state.failure = Failure(error)
            }
            measuring = nil
        }
    }

    private func load() async throws {
        let content = try await shell.gateway.draft(report)
        state.text = content.placeText
        state.chosen = content.grid
        state.grids = try await grids(state.search)
        if let claim = content.place { state.nearby = try await shell.gateway.nearbyNames(claim) }
    }

    private func grids(_ text: String) async throws -> [GridChoice] {
        let found = try await text.isEmpty ? shell.gateway.grids() : shell.gateway.grids(matching: text)
        return found.map { GridChoice(id: $0.unit, name: $0.name) }
    }
}
