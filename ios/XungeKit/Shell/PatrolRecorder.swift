// Hands the phone's fixes to the core while a patrol runs, whichever screen is in front, or none.
import Foundation
import Observation
import XungeCore

/// The patrol under way. The core decides what is kept and how often to ask; this only asks.
@MainActor @Observable
public final class PatrolRecorder {
    /// What the worker must be told, the newest last.
    public private(set) var notices: [Notice] = []
    /// The last place where the phone was, kept or not.
    public private(set) var me: Position?
    public private(set) var isLocationOff = false
    public private(set) var isRefused = false
    /// Why the last fix could not be kept (the storage is full, say); nil while all is well.
    public private(set) var failure: Failure?
    /// Told after every step.
    @ObservationIgnored var changed: (@MainActor () -> Void)?
    @ObservationIgnored private var ticking: KeptTask?
    @ObservationIgnored private let gateway: CoreGateway
    @ObservationIgnored private let platform: any Platform
    private static let noticesMax = 5

    init(gateway: CoreGateway, platform: any Platform) {
        self.gateway = gateway
        self.platform = platform
    }

    /// A step of the patrol that a person asked for.
    func step(_ work: (CoreGateway) async throws -> PatrolStep) async throws { take(try await work(gateway)) }

    /// A fix of the phone. Durable when this returns.
    public func fix(_ fix: PatrolFix) async {
        me = Position(latDeg: fix.latDeg, lonDeg: fix.lonDeg)
        isLocationOff = false
        isRefused = false
        do {
            take(try await gateway.addFix(fix))
            failure = nil
        } catch {
            failure = Failure(error)
            changed?()
        }
    }

    /// Location went on or off, or the app may not use it any more.
    public func location(isOn: Bool, isRefused: Bool = false) async {
        isLocationOff = !isOn && !isRefused
        self.isRefused = isRefused
        if let step = try? await gateway.patrolLocation(isOn: isOn && !isRefused) { take(step) }
    }

    /// Time passed, or the app is back after it was ended.
    public func tick() async {
        guard let step = try? await gateway.tickPatrol() else { return }
        take(step)
    }

    private func take(_ step: PatrolStep) {
        notices = Array((notices + step.notices).suffix(Self.noticesMax))
        platform.recordPatrol(everyMs: step.fixEveryMs)
        keepTime(isRunning: step.fixEveryMs != nil)
        changed?()
    }

    /// The core wants to know once a minute that time passes, so that it can say that no positions come, or that the shift is over.
    private func keepTime(isRunning: Bool) {
        guard isRunning else {
            ticking = nil
            return
        }
        guard ticking == nil else { return }
        ticking = KeptTask.every(seconds: 60) { [weak self] in await self?.tick() }
    }
}
