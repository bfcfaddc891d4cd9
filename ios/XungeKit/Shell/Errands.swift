// Work that a tap starts and nobody waits for, so that whoever must wait (a background task of the system, a test) can.
import Synchronization

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

    /// A task that hears where the phone is until it is let go.
    @MainActor static func listening(
        to platform: any Platform, _ hear: @escaping @MainActor @Sendable (PositionNews) async -> Void
    ) -> KeptTask {
        let news = platform.positions()
        return KeptTask(
            Task {
                for await item in news {
                    guard !Task.isCancelled else { return }
                    await hear(item)
                }
            })
    }

    /// A task that does something every so many seconds.
    static func every(
        seconds: Int, _ work: @escaping @MainActor @Sendable () async -> Void
    ) -> KeptTask {
        KeptTask(
            Task {
                while !Task.isCancelled, (try? await Task.sleep(for: .seconds(seconds))) != nil {
                    await work()
                }
            })
    }
}

/// Waits for work that cannot be called back. A task that is cancelled meanwhile turns away at once, with `CancellationError`; the work
/// runs to its end, and its answer goes nowhere.
public func orTurnAway<T: Sendable>(
    _ work: @escaping @Sendable () async throws -> T
) async throws -> T {
    let turn = Turn<T>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            turn.wait(continuation)
            Task { turn.end(await Result(of: work)) }
        }
    } onCancel: {
        turn.end(.failure(CancellationError()))
    }
}

/// The first of two ends counts: the work's answer, or that nobody waits any more.
private final class Turn<T: Sendable>: Sendable {
    private enum Standing {
        case begun
        case waiting(CheckedContinuation<T, any Error>)
        case ended(Result<T, any Error>)
        case over
    }
    private let standing = Mutex(Standing.begun)

    func wait(_ continuation: CheckedContinuation<T, any Error>) {
        let early: Result<T, any Error>? = standing.withLock { standing in
            if case .ended(let result) = standing {
                standing = .over
                return result
            }
            standing = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(with: early) }
    }

    func end(_ result: Result<T, any Error>) {
        let waiting: CheckedContinuation<T, any Error>? = standing.withLock { standing in
            switch standing {
            case .begun: standing = .ended(result)
            case .waiting(let continuation):
                standing = .over
                return continuation
            case .ended, .over: break
            }
            return nil
        }
        waiting?.resume(with: result)
    }
}

extension Result where Failure == any Error {
    /// What comes of some work.
    fileprivate init(of work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
