// Plain HTTP for tests: one request, waited for.
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An answer, whatever its status.
public struct HttpAnswer: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: Data
}

/// Sends one request and waits for its answer; throws where none came.
public func sendHttp(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: Data? = nil
) throws -> HttpAnswer {
    guard let url = URL(string: url) else { throw StageProblem(description: "\(url) is no address") }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpBody = body
    for header in headers { request.setValue(header.value, forHTTPHeaderField: header.name) }
    let answered = Answered()
    URLSession.shared.dataTask(with: request) { answered.put($0, $1, $2) }.resume()
    return try answered.wait()
}

/// What came, handed from the session's thread to the one that waits.
private final class Answered: @unchecked Sendable {
    // Written before the signal, read after it.
    private var result: Result<HttpAnswer, any Error> = .failure(StageProblem(description: "no answer"))
    private let signal = DispatchSemaphore(value: 0)

    func put(_ body: Data?, _ response: URLResponse?, _ error: (any Error)?) {
        if let response = response as? HTTPURLResponse {
            let headers = response.allHeaderFields.compactMap { field in
                (field.key as? String).map { (name: $0, value: "\(field.value)") }
            }
            result = .success(
                HttpAnswer(status: response.statusCode, headers: headers, body: body ?? Data()))
        } else if let error {
            result = .failure(error)
        }
        signal.signal()
    }

    func wait() throws -> HttpAnswer {
        signal.wait()
        return try result.get()
    }
}
