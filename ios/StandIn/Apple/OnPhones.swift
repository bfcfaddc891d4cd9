// Stand-in, compiled with the app's own files: what Foundation and SwiftUI have on phones alone. Nothing here does anything.
import Foundation
import SwiftUI
import UIKit

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension URLSessionConfiguration {
    class func background(withIdentifier identifier: String) -> URLSessionConfiguration { .default }
    var isDiscretionary: Bool {
        get { false }
        set {}
    }
}
extension URLResourceValues {
    var isExcludedFromBackup: Bool? {
        get { nil }
        set {}
    }
    var volumeAvailableCapacityForImportantUsage: Int64? { nil }
}
extension URLResourceKey {
    static let volumeAvailableCapacityForImportantUsageKey = URLResourceKey(rawValue: "capacity")
}
extension Image {
    init(uiImage: UIImage) { self.init(systemName: "photo") }
}
let CLOCK_MONOTONIC_RAW: Int32 = 4
func clock_gettime_nsec_np(_ clock: Int32) -> UInt64 { 0 }
extension URL {
    static var applicationSupportDirectory: URL { URL(fileURLWithPath: "/") }
}
extension ProcessInfo {
    var isLowPowerModeEnabled: Bool { false }
}
