// Stand-in: the signatures of Network that the app uses, from Apple's public documentation. Nothing here does anything.
@_exported import Foundation

public struct NWPath: Sendable { public var isExpensive: Bool { false } }
public final class NWPathMonitor: Sendable {
    public init() {}
    public var currentPath: NWPath { NWPath() }
    public func start(queue: DispatchQueue) {}
}
