import AsyncSockets
import Glibc

/// Listens on a Unix socket or on a port of loopback, answers each request as the test says, and notes what it was asked.
final class ScriptedDaemon: Sendable {
    private let descriptor: Int32
    private let state: Lock<State>

    private struct State {
        var answer: String?
        var requests: [String] = []
    }

    struct Failure: Error {}

    /// - Parameters:
    ///   - path: Of the Unix socket; `nil`: a port of loopback.
    ///   - answer: The whole answer; `nil` says nothing, and keeps the connection.
    init(path: String? = nil, answer: String?) throws {
        self.state = Lock(State(answer: answer))
        self.descriptor = socket(
            path == nil ? AF_INET : AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        let bound =
            if let path {
                withUnsafeTemporaryAllocation(of: sockaddr_un.self, capacity: 1) { address in
                    address.initialize(repeating: sockaddr_un())
                    address[0].sun_family = sa_family_t(AF_UNIX)
                    withUnsafeMutableBytes(of: &address[0].sun_path) { $0.copyBytes(from: path.utf8) }
                    return UnsafeRawBufferPointer(address).withMemoryRebound(to: sockaddr.self) {
                        bind(self.descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
            } else {
                Self.onLoopback { bind(self.descriptor, $0, $1) }
            }
        // So many questions may come at once (`QuestionPace`).
        guard bound == 0, listen(self.descriptor, 128) == 0 else {
            close(self.descriptor)
            throw Failure()
        }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ScriptedDaemon>.fromOpaque(argument).takeRetainedValue().serve()
                return nil
            },
            argument.toOpaque()
        )
        pthread_detach(thread)
    }

    /// What it was asked, heads and bodies.
    var requests: [String] { self.state.withLock { $0.requests } }

    var port: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(self.descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    func setAnswer(_ answer: String?) { self.state.withLock { $0.answer = answer } }

    /// Answers nobody any more: connecting fails.
    func stop() { shutdown(self.descriptor, Int32(SHUT_RDWR)) }

    private func serve() {
        var open: [Int32] = []
        while true {
            let connection = accept(self.descriptor, nil, nil)
            guard connection >= 0 else { break }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            open.append(connection)
            let request = Self.request(from: connection)
            let answer = self.state.withLock { state in
                state.requests.append(request)
                return state.answer
            }
            guard let answer else { continue }
            let bytes = Array(answer.utf8)
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(connection, Int32(SHUT_WR))
        }
        open.forEach { close($0) }
        close(self.descriptor)
    }

    /// A head, and for POST a body that is one JSON object without others in it.
    private static func request(from connection: Int32) -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65536)
        while !text.hasSuffix(text.hasPrefix("POST") ? "}" : "\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }

    private static func onLoopback(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
