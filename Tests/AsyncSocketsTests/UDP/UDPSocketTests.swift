import Glibc
import Testing

@testable import AsyncSockets

@Suite("UDP socket", .timeLimit(.minutes(1)))
struct UDPSocketTests {
    @Test("with nothing to receive says so, as a value")
    func wouldBlock() throws {
        let socket = try Self.loopback()
        let batch = DatagramBatch(capacity: 2)
        #expect(socket.receive(into: batch) == .wouldBlock)
        #expect(batch.count == 0)
    }

    @Test("receives a batch in order, and its replies go back to their senders")
    func batchAndReplies() throws {
        let server = try Self.loopback()
        let batch = DatagramBatch()
        let clients = try (0..<3).map { _ in try UDPSocket.connect(to: server.localAddress) }
        defer { withExtendedLifetime(clients) {} }
        for (index, client) in clients.enumerated() {
            #expect(client.send(text: "ask \(index)") == 0)
        }
        try server.receive(3, into: batch) { index in
            #expect(batch.text(index) == "ask \(index)")
            #expect(batch.peer(index) == clients[index].localAddress)
            #expect(!batch.isTruncated(index))
            batch.reply(index, text: "answer \(index)")
        }
        for (index, client) in clients.enumerated() {
            try client.receive(1, into: batch) { #expect(batch.text($0) == "answer \(index)") }
        }
    }

    @Test("with more waiting than fits gives out the rest next time")
    func moreThanFits() throws {
        let server = try Self.loopback()
        let client = try UDPSocket.connect(to: server.localAddress)
        for number in 0..<5 {
            #expect(client.send(text: "\(number)") == 0)
        }
        let batch = DatagramBatch(capacity: 2)
        var received: [String] = []
        try server.receive(5, into: batch) { received.append(batch.text($0)) }
        #expect(received == ["0", "1", "2", "3", "4"])
        #expect(server.receive(into: batch) == .wouldBlock)
    }

    @Test("cuts what is too long and says so; the next datagram is whole again")
    func truncation() throws {
        let server = try Self.loopback()
        let client = try UDPSocket.connect(to: server.localAddress)
        let batch = DatagramBatch(capacity: 1, datagramSize: 4)
        for text in ["12345", "1234", ""] {
            #expect(client.send(text: text) == 0)
        }
        var seen: [(String, Bool)] = []
        try server.receive(3, into: batch) { seen.append((batch.text($0), batch.isTruncated($0))) }
        #expect(seen.map(\.0) == ["1234", "1234", ""])
        #expect(seen.map(\.1) == [true, false, false])
    }

    @Test("that can't send one reply still sends the others")
    func oneReplyFails() throws {
        let server = try Self.loopback()
        let clients = try (0..<3).map { _ in try UDPSocket.connect(to: server.localAddress) }
        for client in clients {
            #expect(client.send(text: "ask") == 0)
        }
        // No IPv4 datagram can be this long.
        let batch = DatagramBatch(capacity: 3, datagramSize: 66_000)
        try server.awaitReadable()
        #expect(server.receive(into: batch) == .datagrams)
        try #require(batch.count == 3)
        batch.reply(0, text: "first")
        batch.reply(to: 1, size: 66_000)
        batch.reply(2, text: "last")
        #expect(server.sendReplies(of: batch) == 1)
        try clients[0].receive(1, into: batch) { #expect(batch.text($0) == "first") }
        try clients[2].receive(1, into: batch) { #expect(batch.text($0) == "last") }
    }

    @Test("hears that a port is closed, and works on when it opens")
    func icmpError() throws {
        var peer: UDPSocket? = try Self.loopback()
        let address = try #require(peer?.localAddress)
        peer = nil
        let socket = try UDPSocket.connect(to: address)
        let batch = DatagramBatch(capacity: 1)
        #expect(socket.send(text: "to nobody") == 0)
        try socket.awaitReadable()
        #expect(socket.receive(into: batch) == .failed(ECONNREFUSED))
        #expect(socket.receive(into: batch) == .wouldBlock)

        let server = try #require(try UDPSocket.bind(to: address).first)
        #expect(socket.send(text: "to somebody") == 0)
        try server.receive(1, into: batch) { batch.reply($0, text: batch.text($0)) }
        try socket.receive(1, into: batch) { #expect(batch.text($0) == "to somebody") }
    }

    @Test("on a loop calls its handler until it is detached")
    func attachment() async throws {
        let group = try IOLoopGroup(count: 1)
        let server = try Self.loopback()
        let client = try UDPSocket.connect(to: server.localAddress)
        let echo = Echo(server, on: group.loops[0])
        try await echo.start()
        let batch = DatagramBatch(capacity: 1)
        for number in 0..<10 {
            #expect(client.send(text: "\(number)") == 0)
            try client.receive(1, into: batch) { #expect(batch.text($0) == "\(number)") }
        }
        await echo.stop()
        #expect(client.send(text: "left alone") == 0)
        try server.receive(1, into: batch) { #expect(batch.text($0) == "left alone") }
    }

    static func loopback() throws -> UDPSocket {
        try #require(try UDPSocket.bind(to: IPEndpoint(.loopbackIPv4, port: 0)).first)
    }
}

/// Sends everything back, one datagram per tick: what it leaves behind must bring it back.
private actor Echo: EventHandler {
    private nonisolated let loop: IOLoop
    private let socket: UDPSocket
    private let batch = DatagramBatch(capacity: 1)

    init(_ socket: UDPSocket, on loop: IOLoop) {
        self.socket = socket
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    func start() throws { try self.socket.attach(to: self.loop, handler: self) }
    func stop() { self.socket.detach() }

    nonisolated func handle(events: UInt32) {
        self.assumeIsolated { echo in
            guard echo.socket.receive(into: echo.batch) == .datagrams else { return }
            echo.batch.reply(0, text: echo.batch.text(0))
            #expect(echo.socket.sendReplies(of: echo.batch) == 0)
        }
    }
}
