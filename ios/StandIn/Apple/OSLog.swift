// Stand-in: the signatures of OSLog that the app uses, from Apple's public documentation. Nothing here does anything.
@_exported import Foundation

public struct OSLogPrivacy: Sendable { public static var `public`: OSLogPrivacy { OSLogPrivacy() } }
public struct OSLogInterpolation: StringInterpolationProtocol {
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) {}
    public mutating func appendInterpolation(
        _ text: @autoclosure @escaping () -> String, privacy: OSLogPrivacy = .public
    ) {}
    public mutating func appendInterpolation(_ number: @autoclosure @escaping () -> Int) {}
}
public struct OSLogMessage: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {}
    public init(stringInterpolation: OSLogInterpolation) {}
}
public struct Logger: Sendable {
    public init(subsystem: String, category: String) {}
    public func warning(_ message: OSLogMessage) {}
}
