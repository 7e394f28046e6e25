import TestSupport
import Testing

@testable import AsyncSockets
@testable import DERPKit

/// One state of one protocol, in which the other end sends without end and as fast as it can.
struct TurnCase: Sendable, CustomTestStringConvertible {
    /// What ends it.
    enum End: Sendable {
        /// The deadline: bytes come until then.
        case deadline
        /// What was sent is too much, or wrong.
        case refusal
        /// Nothing: it may go on for as long as somebody likes, who then stops.
        case nothing
    }

    let name: String
    let end: End
    let run: @Sendable (Stage) async throws -> Void

    init(_ name: String, _ end: End, _ run: @escaping @Sendable (Stage) async throws -> Void) {
        self.name = name
        self.end = end
        self.run = run
    }

    var testDescription: String { "\(self.name), ended by \(self.end)" }

    /// The deadline of a case that one ends.
    ///
    /// Long enough for several pieces of what is sent, each of which may hold 13,107 KeepAlives.
    static let deadline: Duration = .milliseconds(400) * Sanitizer.slowness
}

/// Where a case is played: the one who floods, and the loop that is flooded.
final class Stage: Sendable {
    let flood: Flood
    /// A group of one loop, for those who get theirs from outside.
    let group: IOLoopGroup
    private let bystanders = Lock<[Bystander]>([])

    init(_ end: TurnCase.End) throws {
        // Long enough that it is not what ends a case that something else should end.
        self.flood = try Flood(limit: end == .nothing ? TurnCase.deadline : .seconds(30) * Sanitizer.slowness)
        self.group = try IOLoopGroup(count: 1)
    }

    var loop: IOLoop { self.group.loops[0] }

    /// Has a bystander watch `loop`.
    func watch(_ loop: IOLoop) {
        let bystander = Bystander(on: loop, watching: self.flood)
        self.bystanders.withLock { $0.append(bystander) }
    }

    func sight() -> Bystander.Sight {
        self.bystanders.withLock { $0.map { $0.end() }.first ?? Bystander.Sight() }
    }

    /// A relay on one loop, which is watched, while `body` runs.
    func withRelay(
        _ configure: (inout RelayServer.Configuration) throws -> Void = { _ in },
        _ body: (RelayServer, IPEndpoint) async throws -> Void
    ) async throws {
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .none
        )
        configuration.loopCount = 1
        configuration.requestTimeout = TurnCase.deadline
        configuration.handshakeTimeout = TurnCase.deadline
        configuration.drainTimeout = .milliseconds(100)
        try configure(&configuration)
        let server = try RelayServer(configuration: configuration)
        try await server.start()
        self.watch(server.relays[0].loop)
        let address = try #require(await server.boundAddresses.first)
        let result = await Result.awaiting { try await body(server, address) }
        await server.shutdown()
        try result.get()
    }

    /// Floods a relay behind what `script` says.
    func floodRelay(
        _ configure: (inout RelayServer.Configuration) throws -> Void = { _ in },
        _ script: @escaping Flood.Script
    ) async throws {
        try await self.withRelay(configure) { _, address in
            try await self.flood.connect(to: address, script)
        }
    }

    /// Has a client of the flood's, which plays a relay, do something.
    func withClient(
        _ state: Opening.RelayState,
        _ pattern: [UInt8],
        _ body: (DERPClient) async throws -> Void = { _ in }
    ) async throws {
        let address = try await self.flood.listen(Opening.relay(state, then: pattern))
        self.watch(self.loop)
        let client = try await self.connect(to: address)
        let result = await Result.awaiting { try await body(client) }
        await client.close(within: .zero)
        try result.get()
    }

    func connect(
        to address: IPEndpoint,
        _ security: DERPClient.Server.Security = .none
    ) async throws -> DERPClient {
        var options = DERPClient.Options()
        options.connectTimeout = TurnCase.deadline
        let server = DERPClient.Server(
            host: "127.0.0.1",
            port: address.port,
            addresses: [address.ip],
            security: security
        )
        return try await DERPClient.connect(to: server, options: options, on: self.loop)
    }

    /// Whether what `body` does fails at its deadline.
    static func expectTimeout(_ body: () async throws -> Void) async {
        await #expect("it ends at its deadline") {
            try await body()
        } throws: { error in
            (error as? DERPError).map { $0.code == .timeout }
                ?? ((error as? SocketError)?.code == .timeout)
        }
    }

    /// Whether what `body` does fails, though not at its deadline.
    static func expectRefusal(_ body: () async throws -> Void) async {
        await #expect("what was sent is refused") {
            try await body()
        } throws: { error in
            (error as? DERPError).map { $0.code != .timeout } ?? false
        }
    }
}
