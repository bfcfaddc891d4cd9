// Photos by a background URLSession: the system sends them while the app sleeps. The core says what the next request is and what an answer
// means; nothing is called sent here.
import Foundation
import XungeKit

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@MainActor
final class PhotoHandOver: NSObject {
    private let gateway: CoreGateway
    private var session: URLSession?
    private var bodies: [Int: Data] = [:]
    private var isUnderWay = false
    private var isMetered = true

    init(gateway: CoreGateway) {
        self.gateway = gateway
        super.init()
        let configuration = URLSessionConfiguration.background(withIdentifier: "cn.xunge.photos")
        configuration.isDiscretionary = false
        session = URLSession(configuration: configuration, delegate: self, delegateQueue: .main)
    }

    /// Hands the next request over, where there is one and none is under way.
    func next(isMetered: Bool) async {
        self.isMetered = isMetered
        guard !isUnderWay, let session, let upload = try? await gateway.nextUpload(isMetered: isMetered),
            let url = URL(string: upload.url), let file = body(of: upload)
        else { return }
        var request = URLRequest(url: url)
        request.httpMethod = upload.method
        for header in upload.headers { request.setValue(header.value, forHTTPHeaderField: header.name) }
        let task = session.uploadTask(with: request, fromFile: file)
        task.taskDescription = upload.blob
        isUnderWay = true
        task.resume()
    }

    /// A background session sends files alone: a request without a body has an empty one.
    private func body(of upload: UploadHandOver) -> URL? {
        if let file = upload.file { return URL(fileURLWithPath: file) }
        let empty = FileManager.default.temporaryDirectory.appendingPathComponent("empty")
        return FileManager.default.createFile(atPath: empty.path, contents: Data()) ? empty : nil
    }

    private func answered(_ task: URLSessionTask) {
        let answer = task.response as? HTTPURLResponse
        let headers = (answer?.allHeaderFields ?? [:]).compactMap { field -> HttpHeader? in
            guard let name = field.key as? String, let value = field.value as? String else { return nil }
            return HttpHeader(name: name, value: value)
        }
        let body = bodies.removeValue(forKey: task.taskIdentifier) ?? Data()
        let (blob, status) = (task.taskDescription ?? "", answer.map { UInt16(clamping: $0.statusCode) })
        isUnderWay = false
        Task {
            // Where the core says that it does not go on now, the next sync takes up.
            let mayGoOn =
                (try? await gateway.uploadAnswered(blob, status: status, headers: headers, body: body)) != nil
            if mayGoOn { await next(isMetered: isMetered) }
        }
    }
}

// The session's queue is the main one, so its calls come on the main actor.
extension PhotoHandOver: URLSessionDataDelegate {
    nonisolated func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        MainActor.assumeIsolated { bodies[dataTask.taskIdentifier, default: Data()].append(data) }
    }

    nonisolated func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        MainActor.assumeIsolated { answered(task) }
    }
}
