import Foundation
import TestSupport
import Testing

@Suite("Handshake", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct AdmissionTests {
    @Test("A client is admitted", arguments: Security.all, DERPHandshake.Start.allCases)
    func admission(security: Security, start: DERPHandshake.Start) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let client = try RawDERPClient(server, start: start, security: security)
        try client.expectQuiet()
    }

    @Test("A client is admitted over IPv6")
    func ipv6() throws {
        let server = try ServerProcess(ServerOptions(address: .ipv6, hostname: "::1"))
        let client = try RawDERPClient(server)
        try client.expectQuiet()
        let certificate = try CertificateInspection(#require(client.connection.tls?.peerCertificates.first))
        #expect(certificate.alternativeNames.contains("IP Address:0:0:0:0:0:0:0:1"))
    }

    @Test("101 names the protocol, its version and the server's key, and ServerKey follows")
    func upgradeResponse() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        let response = try DERPHandshake.Start.upgrade.request.send(over: connection)
        #expect(response.status == 101)
        #expect(response["Upgrade"]?.lowercased() == "derp")
        #expect(response["Connection"]?.lowercased() == "upgrade")
        #expect(response["Derp-Version"] == "2")
        let frame = try DERPHandshake.readFrame(from: connection, until: Deadline(in: Deadline.answer))
        #expect(frame.type == .serverKey)
        #expect(Array(frame.payload.prefix(8)) == DERPHandshake.magic)
        #expect(frame.payload.count >= 40)
        #expect(response["Derp-Public-Key"] == Hexadecimal.encode(frame.payload.dropFirst(8).prefix(32)))
    }

    @Test("Fast start gets no HTTP response: the first bytes are ServerKey")
    func fastStart() throws {
        let server = try ServerProcess()
        let connection = try server.connect()
        try connection.write(DERPHandshake.Start.fast.request.encoded)
        let frame = try DERPHandshake.readFrame(from: connection, until: Deadline(in: Deadline.answer))
        #expect(frame.type == .serverKey)
        #expect(Array(frame.payload.prefix(8)) == DERPHandshake.magic)
    }

    @Test("ServerInfo says version 2, and asks no client to drop a packet that may be sent")
    func serverInfo() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let key = TestKey()
        try pending.connection.write(DERPHandshake.clientInfo(of: key, for: pending.serverKey).encoded)
        let information = try DERPHandshake.readServerInfo(
            from: pending.connection,
            to: key,
            serverKey: pending.serverKey
        )
        #expect(information["version"] as? Int == 2)
        if let burst = information["TokenBucketBytesBurst"] as? Int, burst != 0 {
            #expect(burst >= 65536 + 37)
        }
    }

    @Test(
        "A ClientInfo with other members, or without ours, is accepted",
        arguments: [
            #"{"version":2}"#,
            #"{"version":2,"CanAckPings":true,"IsProber":true,"AppName":"test"}"#,
            #"{"version":2,"Later":{"a":[1,2,{"b":null}]},"x":1.5,"y":"é\u00e9\n"}"#,
            #" { "version" : 2 } "#,
            #"{"version":9}"#,
            #"{"VERSION":2,"canackpings":true}"#,
            "{}",
        ]
    )
    func acceptedClientInfo(json: String) throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let key = TestKey()
        try pending.connection.write(DERPHandshake.clientInfo(json, of: key, for: pending.serverKey).encoded)
        _ = try DERPHandshake.readServerInfo(from: pending.connection, to: key, serverKey: pending.serverKey)
    }

    @Test("A ClientInfo of 256 KiB is accepted")
    func largestClientInfo() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let key = TestKey()
        let frame = try OversizedClientInfo.frame(payloadSize: 256 * 1024, of: key, for: pending.serverKey)
        try pending.connection.write(frame.encoded)
        _ = try DERPHandshake.readServerInfo(from: pending.connection, to: key, serverKey: pending.serverKey)
    }
}
