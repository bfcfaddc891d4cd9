// Work that a tap starts and nobody waits for, so that whoever must wait (a background task of the system, a test) can.

/// Keeps what is under way on behalf of the screens.
@MainActor
public final class Errands {
    private var running: [Int: Task<Void, Never>] = [:]
    private var next = 0

    public init() {}

    /// Starts work; in the order of the calls as far as it does not wait.
    public func start(_ work: @escaping @MainActor () async -> Void) {
        let number = next
        next += 1
        running[number] = Task { [weak self] in
            await work()
            self?.running[number] = nil
        }
    }

    /// Waits until nothing is under way, whatever is started meanwhile included.
    public func finished() async {
        while let task = running.min(by: { $0.key < $1.key })?.value { await task.value }
    }
}

/// A task that ends with whoever keeps it.
final class KeptTask: Sendable {
    private let task: Task<Void, Never>

    init(_ task: Task<Void, Never>) { self.task = task }

    func cancel() { task.cancel() }

    deinit { task.cancel() }
}
