/// Something that anybody can send to a server without a login, and how.
struct CostMessage {
    /// Which server gets it.
    let server: CostServer
    let name: String
    /// The row from which it goes on, on the same kind of server: what that costs isn't its own.
    let base: String?
    /// How many of it a connection has: they share what they cost beyond ``base``.
    let count: Int
    /// Sends it over a connection of its own, to its end.
    ///
    /// - Returns: how many bytes were sent.
    let send: (CostTarget) throws -> Int

    init(
        _ server: CostServer,
        _ name: String,
        after base: String? = nil,
        times count: Int = 1,
        _ send: @escaping (CostTarget) throws -> Int
    ) {
        self.server = server
        self.name = name
        self.base = base
        self.count = count
        self.send = send
    }

    /// Sends `bytes` over plain TCP, and waits until the server has closed.
    init(_ server: CostServer, _ name: String, after base: String? = nil, times count: Int = 1, _ bytes: [UInt8]) {
        self.init(server, name, after: base, times: count) { target in
            var socket = try target.connect()
            socket.send(bytes)
            socket.finish()
            return socket.sentByteCount
        }
    }
}

/// What is seen of a message.
final class CostNotes {
    /// Whether the server did not go along.
    var isRefused = false
}

/// A running server, as messages see it.
struct CostTarget {
    let port: UInt16
    let stunPort: UInt16
    /// A loopback address, another one for each connection: one has but 28,000 ports.
    let source: UInt32
    /// What is noted of the last message.
    let notes = CostNotes()

    func connect(from source: UInt32? = nil) throws -> PlainSocket {
        try PlainSocket(port: self.port, from: source ?? self.source)
    }
}
