// What was seen of the grids in scope: places, never people.
import Foundation
import Observation
import XungeCore

public struct CoverageState: Equatable, Sendable {
    public var isMonth = false
    public var rows: [CoverageRow] = []
    /// Which grid's map is shown, and the map.
    public var opened: UnitId?
    public var map: Data?
    public var failure: Failure?
}

public enum CoverageEvent: Sendable {
    case appeared
    case month(Bool)
    case open(UnitId)
}

@MainActor @Observable
public final class CoverageViewModel: ScreenModel {
    public private(set) var state = CoverageState()
    public static let appeared = CoverageEvent.appeared
    @ObservationIgnored private let shell: Shell
    private static let mapSidePx: UInt32 = 720

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: CoverageEvent) async {
        do {
            switch event {
            case .appeared: state.rows = try await shell.gateway.coverageRows(period: period)
            case .month(let isMonth):
                state.isMonth = isMonth
                (state.opened, state.map) = (nil, nil)
                state.rows = try await shell.gateway.coverageRows(period: period)
            case .open(let grid): try await open(grid)
            }
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func open(_ grid: UnitId) async throws {
        guard state.opened != grid else {
            (state.opened, state.map) = (nil, nil)
            return
        }
        state.opened = grid
        state.map = nil
        let row = state.rows.first { $0.unit == grid }
        guard row?.hasOutline == true else { return }
        state.map = try await shell.gateway.coveragePicture(grid, period: period, longSidePx: Self.mapSidePx)
    }

    /// The core's name of the period; nil is this week.
    private var period: String? { state.isMonth ? Words.month() : nil }
}
