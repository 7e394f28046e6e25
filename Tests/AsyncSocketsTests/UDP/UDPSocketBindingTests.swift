import Glibc
import Testing

@testable import AsyncSockets

@Suite("Binding UDP sockets", .timeLimit(.minutes(1)))
struct UDPSocketBindingTests {
    @Test("to port 0 gives all of them one port", arguments: ["127.0.0.1:0", "0.0.0.0:0", ":0"])
    func chosenPort(text: String) throws {
        let sockets = try UDPSocket.bind(to: try #require(IPEndpoint(text)), count: 4)
        #expect(sockets.count == 4)
        #expect(Set(sockets.map(\.localAddress)).count == 1)
        #expect(sockets[0].localAddress.port != 0)
    }

    @Test("spreads the peers, each to one socket")
    func spread() throws {
        let sockets = try UDPSocket.bind(to: IPEndpoint(.loopbackIPv4, port: 0), count: 2)
        let clients = try (0..<200).map { _ in try UDPSocket.connect(to: sockets[0].localAddress) }
        defer { withExtendedLifetime(clients) {} }
        let batch = DatagramBatch()
        // Every datagram is received before the next one is sent: no queue overflows.
        var counts = [0, 0]
        for client in clients {
            #expect(client.send(text: "x") == 0)
            var entries = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            try #require(poll(&entries, 2, 10_000) == 1)
            let index = entries[0].revents != 0 ? 0 : 1
            #expect(sockets[index].receive(into: batch) == .datagrams)
            counts[index] += batch.count
        }
        #expect(counts[0] + counts[1] == 200)
        // Each side's share misses this with a probability below one in 10^9.
        #expect(counts[0] > 50 && counts[1] > 50)
    }

    @Test(
        "to a taken port is an error that names it, whether shared or not",
        arguments: [(1, 1), (1, 2), (2, 1), (3, 3)]
    )
    func takenPort(others: Int, ours: Int) throws {
        let taken = try UDPSocket.bind(to: IPEndpoint(.loopbackIPv4, port: 0), count: others)
        defer { withExtendedLifetime(taken) {} }
        let address = taken[0].localAddress
        let error = #expect(throws: SocketError.self) { try UDPSocket.bind(to: address, count: ours) }
        #expect(error?.code == .addressInUse)
        #expect(error?.message.contains("\(address)") == true)
    }

    @Test("to every address is refused where one family's port is taken")
    func takenByIPv4() throws {
        let taken = try UDPSocket.bind(to: IPEndpoint(.anyIPv4, port: 0))
        defer { withExtendedLifetime(taken) {} }
        let address = IPEndpoint(.anyIPv6, port: taken[0].localAddress.port)
        let error = #expect(throws: SocketError.self) { try UDPSocket.bind(to: address, count: 2) }
        #expect(error?.code == .addressInUse)
    }

    @Test("is undone when the sockets are released")
    func release() throws {
        var sockets = try UDPSocket.bind(to: IPEndpoint(.loopbackIPv4, port: 0), count: 2)
        let address = sockets[0].localAddress
        sockets = []
        sockets = try UDPSocket.bind(to: address, count: 2)
        #expect(sockets[0].localAddress == address)
    }

    @Test("to an address of another machine is an error that names it")
    func foreignAddress() throws {
        let address = try #require(IPEndpoint("192.0.2.1:0"))
        let error = #expect(throws: SocketError.self) { try UDPSocket.bind(to: address) }
        #expect(error?.message.contains("192.0.2.1:0") == true)
    }

    @Test(
        "to a wildcard replies from the address that was asked",
        arguments: ["0.0.0.0:0", ":0"],
        ["127.0.0.1", "127.0.0.2", "127.255.255.254"]
    )
    func replySource(bound: String, asked: String) throws {
        let wildcard = try #require(IPEndpoint(bound))
        let server = try #require(try UDPSocket.bind(to: wildcard).first)
        // Connected: a reply from another address would not come through.
        let address = IPEndpoint(try #require(IPAddress(asked)), port: server.localAddress.port)
        let client = try UDPSocket.connect(to: address)
        let batch = DatagramBatch(capacity: 1)
        for _ in 0..<3 {
            #expect(client.send(text: "ask") == 0)
            try server.receive(1, into: batch) { batch.reply($0, text: "answer") }
            try client.receive(1, into: batch) { #expect(batch.text($0) == "answer") }
        }
    }

    @Test("to [::] takes IPv6 and IPv4", .enabled(if: Self.hasIPv6, "it needs a machine with IPv6"))
    func dualStack() throws {
        let server = try #require(try UDPSocket.bind(to: IPEndpoint(.anyIPv6, port: 0)).first)
        #expect(server.localAddress.ip == .anyIPv6)
        let batch = DatagramBatch(capacity: 1)
        for ip in [IPAddress.loopbackIPv6, .loopbackIPv4] {
            let client = try UDPSocket.connect(to: IPEndpoint(ip, port: server.localAddress.port))
            #expect(client.send(text: "ask") == 0)
            try server.receive(1, into: batch) {
                #expect(batch.peer($0)?.ip.unmapped == ip)
                batch.reply($0, text: "answer")
            }
            try client.receive(1, into: batch) { #expect(batch.text($0) == "answer") }
        }
    }

    private static let hasIPv6 = (try? UDPSocket.bind(to: IPEndpoint(.loopbackIPv6, port: 0))) != nil
}
