import TestSupport
import Testing

@Suite("STUN", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct STUNTests {
    @Test("A binding request is answered with the address it came from", arguments: Loopback.allCases)
    func binding(address: Loopback) throws {
        let server = try Self.server(on: address)
        for _ in 0..<50 {
            let probe = try STUNProbe(serverPort: server.ports.stun, on: address)
            let request = STUNRequest()
            probe.send(request.encoded)
            let response = try probe.receive()
            #expect(response.count == (address == .ipv4 ? 32 : 44))
            #expect(response == probe.expectedResponse(to: request.transaction))
        }
    }

    @Test("Many requests at once are all answered")
    func burst() throws {
        let server = try Self.server(on: .ipv4)
        let probe = try STUNProbe(serverPort: server.ports.stun)
        let requests = (0..<100).map { _ in STUNRequest() }
        for request in requests {
            probe.send(request.encoded)
        }
        let responses = try Set(requests.map { _ in try probe.receive() })
        #expect(responses == Set(requests.map { probe.expectedResponse(to: $0.transaction) }))
    }

    @Test("Anything else gets silence, and disturbs nobody")
    func silence() throws {
        let server = try Self.server(on: .ipv4)
        let probe = try STUNProbe(serverPort: server.ports.stun)
        let good = STUNRequest().encoded
        let bad: [[UInt8]] = [
            [],
            [0],
            TestKey.random(20),
            TestKey.random(1400),
            Array(good.dropLast()),
            good + [0],
            STUNRequest(type: [0x01, 0x01]).encoded,
            STUNRequest(type: [0x00, 0x11]).encoded,
            STUNRequest(cookie: [1, 2, 3, 4]).encoded,
            STUNRequest(software: Array("tailnodf".utf8)).encoded,
            STUNRequest(software: []).encoded,
            STUNRequest(fingerprintMask: 0).encoded,
            STUNRequest(hasFingerprint: false).encoded,
        ]
        for datagram in bad {
            probe.send(datagram)
        }
        // The first answer belongs to the good request that came last.
        let request = STUNRequest()
        probe.send(request.encoded)
        #expect(try probe.receive() == probe.expectedResponse(to: request.transaction))
        #expect(server.isRunning)
    }

    @Test("With -stun=false nobody listens")
    func off() throws {
        let server = try ServerProcess(.plain)
        _ = try PortReservation(.udp, port: server.ports.stun)
    }

    private static func server(on address: Loopback) throws -> ServerProcess {
        try ServerProcess(
            ServerOptions.plain.with {
                $0.address = address
                $0.hasSTUN = true
            }
        )
    }
}
