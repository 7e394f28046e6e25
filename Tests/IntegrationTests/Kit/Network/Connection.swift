/// A byte stream to a server, over TLS or plain TCP, with what has been received and not yet read.
final class Connection {
    let socket: TestSocket
    let tls: TLSSession?
    private var received: [UInt8] = []
    private var position = 0
    private var hasEnded = false

    /// Connects, and completes the TLS handshake if `security` asks for one.
    ///
    /// - Parameters:
    ///   - host: the last byte of the address to connect from, 127.0.0.`host`.
    ///   - preface: what is sent before anything else.
    ///   - segment: how many bytes of it are sent at one time; all if `nil`.
    convenience init(
        port: UInt16,
        on address: Loopback = .ipv4,
        from host: UInt8? = nil,
        security: Security,
        serverName: String? = nil,
        protocols: [String] = [],
        preface: [UInt8] = [],
        segment: Int? = nil,
        receiveBuffer: Int32? = nil
    ) throws {
        try self.init(
            over: try TestSocket(port: port, on: address, from: host, receiveBuffer: receiveBuffer),
            security: security,
            serverName: serverName,
            protocols: protocols,
            preface: preface,
            segment: segment
        )
    }

    /// Completes the TLS handshake over a connection that has said nothing yet, if `security` asks for one.
    init(
        over socket: TestSocket,
        security: Security,
        serverName: String? = nil,
        protocols: [String] = [],
        preface: [UInt8] = [],
        segment: Int? = nil
    ) throws {
        self.socket = socket
        for start in stride(from: 0, to: preface.count, by: segment ?? max(preface.count, 1)) {
            try self.socket.send(Array(preface[start...].prefix(segment ?? preface.count)))
        }
        switch security {
        case .plain:
            self.tls = nil
        case .tls(let version):
            self.tls = try TLSSession(version: version, serverName: serverName, protocols: protocols)
            try self.completeHandshake()
        }
    }

    /// Writes `bytes` in one piece, or in segments of `segment` bytes each.
    func write(_ bytes: [UInt8], segment: Int? = nil, within limit: Duration = Deadline.answer) throws {
        var wire = bytes
        if let tls = self.tls {
            try tls.encrypt(bytes)
            wire = tls.drain()
        }
        guard let segment else { return try self.socket.send(wire, within: limit) }
        for start in stride(from: 0, to: wire.count, by: segment) {
            try self.socket.send(Array(wire[start..<min(start + segment, wire.count)]), within: limit)
        }
    }

    func write(_ text: String, segment: Int? = nil) throws {
        try self.write(Array(text.utf8), segment: segment)
    }

    /// Reads exactly `count` bytes.
    func read(_ count: Int, until deadline: Deadline) throws -> [UInt8] {
        while self.received.count - self.position < count {
            guard try self.receiveMore(until: deadline) else {
                throw KitError.closed("with \(self.received.count - self.position) of \(count) bytes read")
            }
        }
        defer { self.discard(count) }
        return Array(self.received[self.position..<self.position + count])
    }

    /// Reads up to and including `mark`, of which at most `limit` bytes may come.
    func read(through mark: [UInt8], atMost limit: Int = 65536, until deadline: Deadline) throws -> [UInt8] {
        while true {
            let unread = self.received[self.position...]
            if let end = unread.indices.first(where: { unread[$0...].starts(with: mark) }) {
                let count = end + mark.count - self.position
                defer { self.discard(count) }
                return Array(unread.prefix(count))
            }
            guard unread.count <= limit else { throw KitError.unexpected("no end after \(unread.count) bytes") }
            guard try self.receiveMore(until: deadline) else { throw KitError.closed("after \(unread.count) bytes") }
        }
    }

    /// Reads until the other side closes, and gives all that came before. Throws if it does not close in time.
    func readToEnd(within limit: Duration = Deadline.answer) throws -> [UInt8] {
        let deadline = Deadline(in: limit)
        do {
            while try self.receiveMore(until: deadline) {}
        } catch KitError.closed {
            // A TLS stream that ends with an alert or a cut record has ended all the same.
        }
        defer { self.discard(self.received.count - self.position) }
        return Array(self.received[self.position...])
    }

    /// Closes in order.
    func close() {
        if let tls = self.tls {
            tls.close()
            try? self.socket.send(tls.drain(), within: .zero)
        }
        self.socket.close()
    }

    private func completeHandshake() throws {
        guard let tls = self.tls else { return }
        let deadline = Deadline(in: Deadline.answer)
        while try !tls.handshake() {
            try self.socket.send(tls.drain())
            let bytes = try self.socket.receive(until: deadline)
            guard !bytes.isEmpty else { throw KitError.closed("in the TLS handshake") }
            tls.feed(bytes)
        }
        try self.socket.send(tls.drain())
    }

    /// Waits for more bytes; `false` once there will be none.
    private func receiveMore(until deadline: Deadline) throws -> Bool {
        guard !self.hasEnded else { return false }
        guard let tls = self.tls else {
            return self.append(try self.socket.receive(until: deadline))
        }
        while true {
            switch try tls.decrypt() {
            case .bytes(let bytes): return self.append(bytes)
            case .ended: return self.append([])
            case .needsInput:
                let bytes = try self.socket.receive(until: deadline)
                guard !bytes.isEmpty else { return self.append([]) }
                tls.feed(bytes)
            }
        }
    }

    private func append(_ bytes: [UInt8]) -> Bool {
        self.hasEnded = bytes.isEmpty
        self.received += bytes
        return !bytes.isEmpty
    }

    private func discard(_ count: Int) {
        self.position += count
        if self.position == self.received.count {
            self.received.removeAll(keepingCapacity: true)
            self.position = 0
        }
    }
}
