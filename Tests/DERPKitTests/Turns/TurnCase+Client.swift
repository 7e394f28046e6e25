import TestSupport
import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

extension TurnCase {
    /// The states in which this process is the client of a relay.
    static let derpClient: [TurnCase] = tlsClient + handshake + receiving + meshLink

    private static let tlsClient = [
        tlsClient("empty records", [22, 3, 3, 0, 0]),
        tlsClient("ChangeCipherSpec", [20, 3, 3, 0, 1, 1]),
        tlsClient("warnings", [21, 3, 3, 0, 2, 1, 90]),
    ]

    private static func tlsClient(_ name: String, _ record: [UInt8]) -> TurnCase {
        TurnCase("a client's TLS handshake: \(name)", .refusal) { stage in
            let address = try await stage.flood.listen { stream in
                await stream.waitUntilReadable()
                return record
            }
            stage.watch(stage.loop)
            let trust = try ServerTrust.insecure()
            await Stage.expectRefusal { _ = try await stage.connect(to: address, .tls(trust)) }
        }
    }

    private static let handshake = [
        waits("the HTTP response", .refusal, .response, Array("HTTP/1.1 101 ".utf8)),
        waits("the server's key", .refusal, .serverKey, [UInt8](repeating: 1, count: 1000)),
        waits("the server's key, and gets HTTP again", .refusal, .serverKey, Array("HTTP/1.".utf8)),
        waits("ServerInfo: KeepAlives", .deadline, .serverInfo, Frame.keepAlive),
        waits("ServerInfo: pings", .deadline, .serverInfo, Frame.encode(.ping, [UInt8](repeating: 1, count: 8))),
        waits("ServerInfo: an empty Health", .deadline, .serverInfo, Frame.health("")),
        waits("ServerInfo: large frames", .deadline, .serverInfo, Frame.encode(FrameType(rawValue: 0x70), Self.large)),
        waits("ServerInfo: a large Health", .refusal, .serverInfo, Frame.encode(.health, Self.large)),
    ]

    private static let large = [UInt8](repeating: 0x61, count: 65_000)

    private static func waits(_ name: String, _ end: End, _ state: Opening.RelayState, _ pattern: [UInt8]) -> TurnCase {
        TurnCase("a client waits for \(name)", end) { stage in
            if end == .deadline {
                await Stage.expectTimeout { try await stage.withClient(state, pattern) }
            } else {
                await Stage.expectRefusal { try await stage.withClient(state, pattern) }
            }
        }
    }

    private static let receiving = [
        receives("pings", Frame.encode(.ping, [UInt8](repeating: 1, count: 8))),
        receives("empty frames of an unknown type", Frame.encode(FrameType(rawValue: 0x70), [])),
        receives("a frame of 4 GiB", [0x70, 0xff, 0xff, 0xff, 0xff]),
        receives("ServerInfo that doesn't open", Frame.encode(.serverInfo, [UInt8](repeating: 1, count: 60))),
        TurnCase("a client receives KeepAlives, one by one", .deadline) { stage in
            try await stage.withClient(.admitted, Frame.keepAlive) { client in
                let end = ContinuousClock.now + TurnCase.deadline
                while .now < end { _ = try await client.receive(within: TurnCase.deadline) }
            }
        },
        TurnCase("a client receives large Health frames, in place", .deadline) { stage in
            try await stage.withClient(.admitted, Frame.encode(.health, Self.large)) { client in
                let end = ContinuousClock.now + TurnCase.deadline
                while .now < end { try await client.receiveFrames(within: TurnCase.deadline) { _ in } }
            }
        },
        TurnCase("a client closes", .refusal) { stage in
            try await stage.withClient(.admitted, Frame.keepAlive) { client in
                try await stage.waitUntilFlooded()
                await client.close(within: TurnCase.deadline)
            }
        },
    ]

    private static func receives(_ name: String, _ pattern: [UInt8]) -> TurnCase {
        TurnCase("a client receives \(name)", .deadline) { stage in
            try await stage.withClient(.admitted, pattern) { client in
                await Stage.expectTimeout { _ = try await client.receive(within: TurnCase.deadline) }
            }
        }
    }

    private static let meshLink = [
        meshLink("handshake: KeepAlives", .deadline, .serverInfo, Frame.keepAlive),
        meshLink(
            "handshake: large frames",
            .deadline,
            .serverInfo,
            Frame.encode(FrameType(rawValue: 0x70), Self.large)
        ),
        meshLink("KeepAlives", .nothing, .admitted, Frame.keepAlive),
        meshLink("large Health frames", .nothing, .admitted, Frame.encode(.health, Self.large)),
        meshLink("pings", .nothing, .admitted, Frame.encode(.ping, [UInt8](repeating: 1, count: 8))),
        meshLink("one client that comes and goes", .nothing, .admitted, Self.comingAndGoing),
    ]

    private static let comingAndGoing: [UInt8] = {
        let key = NodePrivateKey().publicKey
        let address = IPEndpoint(.loopbackIPv4, port: 1)
        return Frame.peerPresent(PeerPresence(key: key, address: address, flags: .regular))
            + Frame.peerGone(key, .disconnected)
    }()

    private static func meshLink(
        _ name: String,
        _ end: End,
        _ state: Opening.RelayState,
        _ pattern: [UInt8]
    ) -> TurnCase {
        TurnCase("a mesh link's \(name)", end) { stage in
            let address = try await stage.flood.listen(Opening.relay(state, then: pattern))
            let node = MeshNode(.init(host: "127.0.0.1", port: address.port, security: .none))
            let key = try MeshTable.key()
            try await stage.withRelay {
                var mesh = MeshConfiguration(key: key, nodes: [node])
                mesh.connectTimeout = TurnCase.deadline
                // Once only.
                mesh.reconnectDelay = .seconds(60)
                $0.mesh = mesh
            } _: { server, _ in
                try await stage.waitUntilFlooded()
                try await stage.waitUntilOver()
                guard end == .deadline else { return }
                try await TestSupport.waitUntil("the link has failed") {
                    await server.links[0].currentStatus.failures == 1
                }
            }
        }
    }
}
