import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

extension TurnCase {
    /// The states in which somebody is connected to a relay.
    static let relay: [TurnCase] =
        beforeHTTP + http + webSocket + login + clients + meshPeers + ends

    private static let head = "GET /generate_204 HTTP/1.1\r\nHost: a\r\n\r\n"

    private static let beforeHTTP = [
        TurnCase("a relay waits for a PROXY header", .refusal) { stage in
            let trusted = try #require(IPNetwork("127.0.0.0/8"))
            try await stage.floodRelay {
                $0.proxies.networks = [trusted]
                $0.proxies.sendsHeader = true
            } _: { _ in
                Array("PROXY TCP4 1.2.3.4 ".utf8)
            }
        },
        tls("empty records", .refusal, [22, 3, 3, 0, 0]),
        tls("ClientHello in single bytes", .refusal, [22, 3, 1, 0, 1, 1]),
        tls("ChangeCipherSpec", .refusal, [20, 3, 3, 0, 1, 1]),
        tls("warnings", .refusal, [21, 3, 3, 0, 2, 1, 0]),
    ]

    private static func tls(_ name: String, _ end: End, _ record: [UInt8]) -> TurnCase {
        TurnCase("a relay's TLS handshake: \(name)", end) { stage in
            let certificate = try Certificate.selfSigned(for: "127.0.0.1")
            try await stage.floodRelay {
                $0.security = .tls(certificate)
            } _: { stream in
                // What it takes to be taken for TLS.
                try await stream.write([22])
                return Array(record.dropFirst()) + record.prefix(1)
            }
        }
    }

    private static let http = [
        TurnCase("a relay's requests", .nothing) { stage in
            try await stage.floodRelay { _ in
            } _: { _ in
                Array(Self.head.utf8)
            }
        },
        TurnCase("a relay's requests under TLS", .nothing) { stage in
            let certificate = try Certificate.selfSigned(for: "127.0.0.1")
            let trust = try TLSContext(clientVerification: .none)
            try await stage.floodRelay {
                $0.security = .tls(certificate)
            } _: { stream in
                try await stream.startTLS(trust, serverName: "127.0.0.1")
                return Array(Self.head.utf8)
            }
        },
        TurnCase("a relay's request without end", .refusal) { stage in
            try await stage.floodRelay { _ in
            } _: { stream in
                try await stream.write(Array("GET / HTTP/1.1\r\n".utf8))
                return Array("a: b\r\n".utf8)
            }
        },
        TurnCase("questions to a relay, with bodies", .refusal) { stage in
            let question = AdmissionMessage.question(
                AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
            )
            try await stage.floodRelay {
                $0.admission.lists = KeyLists(allow: nil, deny: nil)
            } _: { _ in
                Array("POST /verify HTTP/1.1\r\nHost: a\r\nContent-Length: \(question.count)\r\n\r\n".utf8) + question
            }
        },
    ]

    private static let webSocket = [
        webSocket("empty messages", .deadline, [0x82, 0x80, 0, 0, 0, 0]),
        webSocket("pings", .deadline, [0x89, 0x80, 0, 0, 0, 0]),
        webSocket("pongs with data", .deadline, [0x8a, 0xfd, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 125)),
        webSocket("a message of empty frames", .deadline, first: [0x02, 0x80, 0, 0, 0, 0], [0, 0x80, 0, 0, 0, 0]),
        webSocket(
            "a ClientInfo of one byte a frame",
            .refusal,
            first: Self.clientInfoHead,
            [0x82, 0x81, 0, 0, 0, 0, 1]
        ),
    ]

    /// In a frame of a WebSocket.
    private static let clientInfoHead: [UInt8] = [0x82, 0x85, 0, 0, 0, 0, 2, 0, 0, 0x40, 0]

    private static func webSocket(
        _ name: String,
        _ end: End,
        first: [UInt8] = [],
        _ frame: [UInt8]
    ) -> TurnCase {
        TurnCase("a relay's WebSocket before the login: \(name)", end) { stage in
            try await stage.floodRelay { _ in
            } _: { stream in
                let head =
                    "GET /derp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                    + "Sec-WebSocket-Protocol: derp\r\n\r\n"
                try await stream.write(Array(head.utf8))
                let answer = try await Intake(stream).head()
                guard answer.hasPrefix("HTTP/1.1 101") else { throw Intake.Ended() }
                try await stream.write(first)
                return frame
            }
        }
    }

    private static let login = [
        TurnCase("a relay waits for the rest of a ClientInfo", .refusal) { stage in
            try await stage.floodRelay { _ in
            } _: { stream in
                try await stream.write(ClientHandshake(privateKey: NodePrivateKey(), host: "a").request)
                try await stream.write([2, 0, 4, 0, 0])
                return [0x55]
            }
        }
    ]

    private static let clients = [
        client("pings", Frame.encode(.ping, [UInt8](repeating: 1, count: 8))),
        client("empty frames of an unknown type", Frame.encode(FrameType(rawValue: 0x70), [])),
        client("a frame of 4 GiB", [0x70, 0xff, 0xff, 0xff, 0xff]),
        client("KeepAlives", Frame.keepAlive),
        client("NotePreferred", Frame.encode(.notePreferred, [1]) + Frame.encode(.notePreferred, [0])),
        client("packets to nobody", Frame.encode(.sendPacket, [UInt8](repeating: 9, count: 33))),
    ]

    private static func client(_ name: String, _ frame: [UInt8]) -> TurnCase {
        TurnCase("a relay's client: \(name)", .nothing) { stage in
            try await stage.floodRelay({ _ in }, Opening.client(then: frame))
        }
    }

    private static let meshPeers = [
        meshPeer("WatchConns", Frame.encode(.watchConns, [])),
        meshPeer("ClosePeer", Frame.encode(.closePeer, [UInt8](repeating: 9, count: 32))),
        meshPeer("ForwardPacket", Frame.encode(.forwardPacket, [UInt8](repeating: 9, count: 65))),
    ]

    private static func meshPeer(_ name: String, _ frame: [UInt8]) -> TurnCase {
        TurnCase("a relay's mesh peer: \(name)", .nothing) { stage in
            let key = try MeshTable.key()
            try await stage.floodRelay(
                { $0.mesh = MeshConfiguration(key: key) },
                Opening.client(meshKey: key, then: frame)
            )
        }
    }

    private static let ends = [
        TurnCase("a client that is refused and held", .nothing) { stage in
            try await stage.floodRelay(
                { $0.admission.verifiers = [ScriptedVerifier(.deny(.controller))] },
                Opening.client(isRefused: true, then: Frame.encode(.ping, [UInt8](repeating: 1, count: 8)))
            )
        },
        TurnCase("a connection that a relay closes", .refusal) { stage in
            try await stage.floodRelay { _ in
            } _: { _ in
                Array("what is this\r\n\r\n".utf8)
            }
        },
    ]
}
