/// A message that anybody can send to a server without a login, and how to send it.
struct CostMessage {
    /// The server that gets the message.
    let server: CostServer
    let name: String
    /// The row that this message builds on, for the same kind of server. The cost of that row is subtracted.
    let base: String?
    /// How often one connection sends the message. The cost beyond ``base`` is divided by this.
    let count: Int
    /// Sends the message over a connection of its own, and closes that.
    ///
    /// - Returns: The number of bytes that were sent.
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

    /// Makes a message that sends `bytes` over plain TCP and waits until the server has closed the connection.
    init(_ server: CostServer, _ name: String, after base: String? = nil, times count: Int = 1, _ bytes: [UInt8]) {
        self.init(server, name, after: base, times: count) { target in
            var socket = try target.connect()
            socket.send(bytes)
            socket.finish()
            return socket.sentByteCount
        }
    }
}

/// Observations about a message.
final class CostNotes {
    /// Whether the server refused the message.
    var isRefused = false
}

/// A running server, as messages use it.
struct CostTarget {
    let port: UInt16
    let stunPort: UInt16
    /// A loopback address to connect from. Each connection has another one, because one address has only 28,000 ports.
    let source: UInt32
    /// The observations about the last message.
    let notes = CostNotes()

    func connect(from source: UInt32? = nil) throws -> PlainSocket {
        try PlainSocket(port: self.port, from: source ?? self.source)
    }
}
