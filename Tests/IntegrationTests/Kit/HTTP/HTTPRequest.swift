/// A request, written as a test wants it; nothing is checked.
struct HTTPRequest {
    var method: String
    var path: String
    var headers: [(name: String, value: String)]

    init(_ path: String, method: String = "GET", headers: [String: String] = [:]) {
        self.method = method
        self.path = path
        self.headers = [("Host", "127.0.0.1")] + headers.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    /// The head as it goes over the wire.
    var encoded: String {
        "\(self.method) \(self.path) HTTP/1.1\r\n"
            + self.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            + "\r\n"
    }

    /// Sends the request, and reads the answer.
    func send(over connection: Connection) throws -> HTTPResponse {
        try connection.write(self.encoded)
        return try HTTPResponse(from: connection, hasBody: self.method != "HEAD")
    }

    /// Sends the request over a connection of its own.
    func send(to server: ServerProcess, security: Security? = nil) throws -> HTTPResponse {
        let connection = try server.connect(security)
        defer { connection.close() }
        return try self.send(over: connection)
    }

    /// Sends the request to a server's plain helper port.
    func send(toHelperOf server: ServerProcess) throws -> HTTPResponse {
        let connection = try Connection(port: server.ports.helper, on: server.options.address, security: .plain)
        defer { connection.close() }
        return try self.send(over: connection)
    }
}
