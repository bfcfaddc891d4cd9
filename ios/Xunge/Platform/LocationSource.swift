// CoreLocation: positions for a form, fixes for a patrol, in the background too, and the significant change that brings the app back.
import CoreLocation
import UIKit
import XungeKit

@MainActor
final class LocationSource: NSObject {
    weak var recorder: PatrolRecorder?
    private let manager = CLLocationManager()
    private var listeners: [Int: AsyncStream<PositionNews>.Continuation] = [:]
    private var next = 0
    private var isRecording = false

    override init() {
        super.init()
        manager.delegate = self
        manager.desiredAccuracy = kCLLocationAccuracyBest
        manager.pausesLocationUpdatesAutomatically = false
    }

    /// Where the phone is, until nobody listens any more.
    func positions() -> AsyncStream<PositionNews> {
        let number = next
        next += 1
        return AsyncStream { continuation in
            listeners[number] = continuation
            continuation.onTermination = { [weak self] _ in
                Task { @MainActor in self?.leave(number) }
            }
            begin()
        }
    }

    /// Records while a patrol runs; a relaunch after the system ended the app comes by significant changes.
    func record(everyMs: Int64?) {
        isRecording = everyMs != nil
        manager.allowsBackgroundLocationUpdates = isRecording
        manager.showsBackgroundLocationIndicator = isRecording
        if isRecording {
            manager.requestAlwaysAuthorization()
            manager.startMonitoringSignificantLocationChanges()
            begin()
        } else {
            manager.stopMonitoringSignificantLocationChanges()
            rest()
        }
    }

    /// What the self-test asks.
    var authorization: CLAuthorizationStatus { manager.authorizationStatus }
    var isPrecise: Bool { manager.accuracyAuthorization == .fullAccuracy }

    private func begin() {
        switch manager.authorizationStatus {
        case .notDetermined: manager.requestWhenInUseAuthorization()
        case .denied, .restricted: say(.refused)
        default: manager.startUpdatingLocation()
        }
    }

    private func leave(_ number: Int) {
        listeners[number] = nil
        rest()
    }

    private func rest() {
        if listeners.isEmpty && !isRecording { manager.stopUpdatingLocation() }
    }

    private func say(_ news: PositionNews) { listeners.values.forEach { $0.yield(news) } }

    private func take(_ location: CLLocation) {
        let now = Date()
        let ageMs = Int64(max(0, now.timeIntervalSince(location.timestamp)) * 1_000)
        let isMock = location.sourceInformation?.isSimulatedBySoftware ?? false
        let position = Position(latDeg: location.coordinate.latitude, lonDeg: location.coordinate.longitude)
        say(
            .claim(
                PlaceClaim(
                    position: position, accuracyM: location.horizontalAccuracy, provider: .fused,
                    isMock: isMock,
                    ageMs: ageMs)))
        guard isRecording, let recorder else { return }
        let fix = PatrolFix(
            wallAt: Int64(location.timestamp.timeIntervalSince1970 * 1_000),
            monotonicMs: PhonePlatform.monotonicMs() - ageMs, boot: nil, satelliteAt: nil,
            latDeg: position.latDeg, lonDeg: position.lonDeg, accuracyM: location.horizontalAccuracy,
            speedMps: location.speed >= 0 ? location.speed : nil,
            bearingDeg: location.course >= 0 ? location.course : nil, provider: .fused, isMock: isMock,
            batteryPercent: PhonePlatform.batteryPercent())
        Task { await recorder.fix(fix) }
    }
}

extension LocationSource: @preconcurrency CLLocationManagerDelegate {
    func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        for location in locations { take(location) }
    }

    func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        guard (error as? CLError)?.code == .denied else { return }
        say(.off)
    }

    func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        let isRefused = manager.authorizationStatus == .denied || manager.authorizationStatus == .restricted
        if isRecording { Task { await recorder?.location(isOn: !isRefused, isRefused: isRefused) } }
        if !listeners.isEmpty || isRecording { begin() }
    }
}
