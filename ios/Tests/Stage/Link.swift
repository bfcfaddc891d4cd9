// A link between phone and server that can be cut: a TCP relay on loopback that changes no byte.
import Foundation
import Glibc
import Synchronization

/// Relays connections while it is whole; cut, it ends them all and refuses new ones.
public final class Link: Sendable {
    private struct State {
        var target: UInt16 = 0
        var isCut = false
        var open: Set<Int32> = []
    }

    public let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Link.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, listen(listener, 64) == 0 else { return false }
                return getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw StageProblem(description: "no port on loopback") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accept() }
    }

    /// Where the link leads.
    func leads(to port: UInt16) { state.withLock { $0.target = port } }

    /// Cuts the link, in the middle of whatever is under way.
    public func cut() {
        state.withLock { state in
            state.isCut = true
            for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Makes it whole again.
    public func mend() { state.withLock { $0.isCut = false } }

    func close() {
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func accept() {
        while true {
            let phone = Glibc.accept(listener, nil, nil)
            guard phone >= 0 else { return }
            let target: UInt16? = state.withLock { $0.isCut ? nil : $0.target }
            guard let target, let server = Link.dial(target) else {
                Glibc.close(phone)
                continue
            }
            state.withLock { $0.open.formUnion([phone, server]) }
            let ends = Mutex(2)
            let pair = Pair(ends: ends)
            for (from, to) in [(phone, server), (server, phone)] {
                Thread.detachNewThread { [self] in
                    Link.pour(from, to)
                    if pair.isLast() { finish(phone, server) }
                }
            }
        }
    }

    private func finish(_ phone: Int32, _ server: Int32) {
        state.withLock { state in
            state.open.subtract([phone, server])
            Glibc.close(phone)
            Glibc.close(server)
        }
    }

    private static func pour(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let more = buffer[sent..<count].withUnsafeBytes { send(to, $0.baseAddress, $0.count, 0) }
                guard more > 0 else { break }
                sent += more
            }
            guard sent == count else { break }
        }
        shutdown(to, Int32(SHUT_WR))
        shutdown(from, Int32(SHUT_RD))
    }

    private static func dial(_ port: UInt16) -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let reached = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard reached else {
            Glibc.close(server)
            return nil
        }
        return server
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// Two directions of one connection.
private final class Pair: Sendable {
    private let ends: Mutex<Int>

    init(ends: consuming Mutex<Int>) { self.ends = ends }

    func isLast() -> Bool {
        ends.withLock { ends in
            ends -= 1
            return ends == 0
        }
    }
}
