// Patrols, coverage, key places.
import Foundation
import XungeCore

extension CoreGateway {
    public func startPatrol(_ kind: PatrolKind, grids: [UnitId] = []) async throws -> PatrolStep {
        try await device("patrol_start") {
            try $0.patrolStart(kind: kind, grids: grids, order: nil, shiftEndsAt: nil)
        }
    }

    public func pausePatrol() async throws -> PatrolStep {
        try await device("patrol_pause") { try $0.patrolPause() }
    }

    public func resumePatrol() async throws -> PatrolStep {
        try await device("patrol_resume") { try $0.patrolResume() }
    }

    public func endPatrol() async throws -> PatrolStep {
        try await device("patrol_end") { try $0.patrolEnd() }
    }

    /// Location was switched on or off.
    public func patrolLocation(isOn: Bool) async throws -> PatrolStep {
        try await device("patrol_location") { try $0.patrolLocation(isOn: isOn) }
    }

    /// Time passes, or the app is back: once a minute, and whenever the app starts.
    public func tickPatrol() async throws -> PatrolStep? {
        try await device("patrol_tick") { try $0.patrolTick() }
    }

    /// Takes a fix: on the disk when this returns, or left out with a reason.
    public func addFix(_ fix: PatrolFix) async throws -> PatrolStep {
        try await device("add_fix") { try $0.addFix(fix: fix) }
    }

    /// The patrol under way, or the last one.
    public func patrol() async throws -> PatrolDetail? { try await device("patrol") { try $0.patrol() } }

    public func selfTest(_ facts: PlatformFacts) async throws -> [SelfTestFinding] {
        try await device("self_test") { try $0.selfTest(facts: facts) }
    }

    public func coverage(_ grid: UnitId, period: String? = nil) async throws -> CoverageDetail {
        try await device("coverage", .media) { try $0.coverage(grid: grid, period: period) }
    }

    /// The key places of the grids in scope, the most urgent first.
    public func keyPlaces() async throws -> [KeyPlaceView] {
        try await device("key_places") { try $0.keyPlaces() }
    }

    public func checkUp(_ place: String, allRight: Bool, text: String, claim: PlaceClaim?) async throws {
        try await device("check_up") {
            try $0.checkUp(place: place, allRight: allRight, text: text, claim: claim)
        }
    }

    /// A short walk over what is due and long unseen.
    public func whereNext(_ from: Position) async throws -> [SuggestionStop] {
        try await device("where_next", .media) { try $0.whereNext(from: from) }
    }
}
