// Stand-in: the signatures of BackgroundTasks that the app uses, from Apple's public documentation. Nothing here does anything.
@_exported import Foundation

open class BGTask: NSObject, @unchecked Sendable {
    public var expirationHandler: (() -> Void)?
    public func setTaskCompleted(success: Bool) {}
}
open class BGTaskRequest: NSObject { public var earliestBeginDate: Date? }
open class BGAppRefreshTaskRequest: BGTaskRequest { public init(identifier: String) {} }
open class BGTaskScheduler: NSObject, @unchecked Sendable {
    public class var shared: BGTaskScheduler { BGTaskScheduler() }
    @discardableResult
    public func register(
        forTaskWithIdentifier identifier: String, using queue: DispatchQueue?,
        launchHandler: @escaping (BGTask) -> Void
    ) -> Bool { false }
    public func submit(_ request: BGTaskRequest) throws {}
}
