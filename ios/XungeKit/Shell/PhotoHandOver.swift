// Photos that the system sends by itself while the app sleeps. The core says what the next request is and what an answer means; nothing is
// called sent here.
import Foundation
import XungeCore

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Hands one request after the other to a session of the system. On a phone that is a background session, which outlives the app: a
/// request of before is then waited for and not handed over again.
@MainActor
public final class PhotoHandOver: NSObject {
    /// Told of each answer after the core has taken it: whether the server has a file, whole and verified.
    public var answered: @MainActor (Bool) -> Void = { _ in }
    private let gateway: CoreGateway
    private var session: URLSession?
    private var bodies: [Int: Data] = [:]
    private var answering: Task<Void, Never>?
    private var isUnderWay = false
    private var isMetered = true

    public init(gateway: CoreGateway, configuration: URLSessionConfiguration) {
        self.gateway = gateway
        super.init()
        session = URLSession(configuration: configuration, delegate: self, delegateQueue: .main)
    }

    /// Hands the next request over, where there is one and none is under way.
    public func next(isMetered: Bool) async {
        self.isMetered = isMetered
        guard !isUnderWay, let session else { return }
        isUnderWay = true
        guard await session.isIdle else { return }
        isUnderWay = await handOver(to: session)
    }

    /// Waits until every answer that came has been taken.
    public func settled() async {
        while let answering { await answering.value }
    }

    private func handOver(to session: URLSession) async -> Bool {
        guard let upload = try? await gateway.nextUpload(isMetered: isMetered),
            let url = URL(string: upload.url)
        else { return false }
        var request = URLRequest(url: url)
        request.httpMethod = upload.method
        for header in upload.headers { request.setValue(header.value, forHTTPHeaderField: header.name) }
        guard let file = body(of: upload) else { return false }
        let task = session.uploadTask(with: request, fromFile: file)
        task.taskDescription = upload.blob
        task.resume()
        return true
    }

    /// A background session sends files alone: a request without a body has an empty one.
    private func body(of upload: UploadHandOver) -> URL? {
        if let file = upload.file { return URL(fileURLWithPath: file) }
        let empty = FileManager.default.temporaryDirectory.appendingPathComponent("xunge-empty")
        return FileManager.default.createFile(atPath: empty.path, contents: Data()) ? empty : nil
    }

    private func take(_ task: URLSessionTask) {
        let answer = task.response as? HTTPURLResponse
        let headers = (answer?.allHeaderFields ?? [:]).compactMap { field -> HttpHeader? in
            guard let name = field.key as? String, let value = field.value as? String else { return nil }
            return HttpHeader(name: name, value: value)
        }
        let body = bodies.removeValue(forKey: task.taskIdentifier) ?? Data()
        let (blob, status) = (task.taskDescription ?? "", answer.map { UInt16(clamping: $0.statusCode) })
        answering = Task {
            let hasArrived = try? await gateway.uploadAnswered(
                blob, status: status, headers: headers, body: body)
            isUnderWay = false
            answering = nil
            // Where the core says that it does not go on now, the next sync takes up.
            if hasArrived != nil { await next(isMetered: isMetered) }
            answered(hasArrived == true)
        }
    }
}

// The session's queue is the main one, so its calls come on the main actor.
extension PhotoHandOver: URLSessionDataDelegate {
    public nonisolated func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data
    ) {
        MainActor.assumeIsolated { bodies[dataTask.taskIdentifier, default: Data()].append(data) }
    }

    public nonisolated func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        MainActor.assumeIsolated { take(task) }
    }
}

extension URLSession {
    /// Whether nothing is under way, from an earlier life of the app either.
    fileprivate var isIdle: Bool {
        get async {
            await withCheckedContinuation { continuation in
                getAllTasks { continuation.resume(returning: $0.isEmpty) }
            }
        }
    }
}
