import Glibc

/// A server on loopback that the relay asks. Each connection has its own thread.
final class HostileServer: Sendable {
    /// Listens on the attack's side port at once.
    ///
    /// - Parameter serve: Handles a connection, which is closed when it returns.
    static func start(_ field: Field, _ serve: @escaping @Sendable (Wire) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard listener >= 0, Wire.call(Wire.loopback, field.ports.side, { bind(listener, $0, $1) }) == 0,
            listen(listener, 4096) == 0
        else { throw SiegeError("the attacker can't listen on port \(field.ports.side)") }
        let costs = field.costs
        Crew.detach {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    usleep(1000)
                    continue
                }
                costs.countConnection()
                Crew.detach {
                    let wire = Wire(descriptor, costs, patience: 30)
                    serve(wire)
                    wire.close()
                }
            }
        }
    }

    /// Reads the head of a request, and returns it with the bytes after it; `nil` if none comes.
    static func request(on wire: Wire) -> (head: String, rest: [UInt8])? {
        var bytes: [UInt8] = []
        while bytes.count < 64 * 1024 {
            guard let more = wire.receive() else { return nil }
            bytes += more
            guard let end = Self.headEnd(bytes) else { continue }
            return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[end...]))
        }
        return nil
    }

    /// Reads a whole request, with a body that has a Content-Length.
    static func requestWithBody(on wire: Wire) -> (head: String, body: String)? {
        guard let (head, rest) = Self.request(on: wire) else { return nil }
        var body = rest
        let line = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let count = line.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        while body.count < count {
            guard let more = wire.receive() else { return nil }
            body += more
        }
        return (head, String(decoding: body, as: UTF8.self))
    }

    /// Returns a response with a body.
    static func response(_ body: String, status: String = "200 OK", fields: [String] = []) -> [UInt8] {
        let head = ["HTTP/1.1 \(status)", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
        return Array(((head + fields).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for start in 0...bytes.count - 4 where bytes[start..<start + 4].elementsEqual([13, 10, 13, 10]) {
            return start + 4
        }
        return nil
    }
}
