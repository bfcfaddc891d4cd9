// Stand-in: the signatures of CoreLocation that the app uses, from Apple's public documentation. Nothing here does anything.
@_exported import Foundation

public typealias CLLocationAccuracy = Double
public let kCLLocationAccuracyBest: CLLocationAccuracy = -1
public struct CLLocationCoordinate2D: Sendable {
    public var latitude: Double
    public var longitude: Double
}
public final class CLLocationSourceInformation: NSObject { public var isSimulatedBySoftware: Bool { false } }
open class CLLocation: NSObject, @unchecked Sendable {
    public var coordinate: CLLocationCoordinate2D { CLLocationCoordinate2D(latitude: 0, longitude: 0) }
    public var horizontalAccuracy: CLLocationAccuracy { 0 }
    public var speed: Double { 0 }
    public var course: Double { 0 }
    public var timestamp: Date { Date() }
    public var sourceInformation: CLLocationSourceInformation? { nil }
}
public enum CLAuthorizationStatus: Int32, Sendable {
    case notDetermined, restricted, denied, authorizedAlways, authorizedWhenInUse
}
public enum CLAccuracyAuthorization: Int, Sendable { case fullAccuracy, reducedAccuracy }
public struct CLError: Error {
    public enum Code: Int, Sendable { case locationUnknown, denied }
    public var code: Code
}
public protocol CLLocationManagerDelegate: AnyObject {
    func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation])
    func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error)
    func locationManagerDidChangeAuthorization(_ manager: CLLocationManager)
}
open class CLLocationManager: NSObject {
    public weak var delegate: (any CLLocationManagerDelegate)?
    public var desiredAccuracy: CLLocationAccuracy = 0
    public var pausesLocationUpdatesAutomatically = true
    public var allowsBackgroundLocationUpdates = false
    public var showsBackgroundLocationIndicator = false
    public var authorizationStatus: CLAuthorizationStatus { .notDetermined }
    public var accuracyAuthorization: CLAccuracyAuthorization { .fullAccuracy }
    public func requestWhenInUseAuthorization() {}
    public func requestAlwaysAuthorization() {}
    public func startUpdatingLocation() {}
    public func stopUpdatingLocation() {}
    public func startMonitoringSignificantLocationChanges() {}
    public func stopMonitoringSignificantLocationChanges() {}
}
