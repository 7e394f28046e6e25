import Testing

@testable import DERPKit

@Suite("What happens to a relay", .timeLimit(.minutes(1)))
struct RelayEventsTests {
    /// The next event of a kind; others pass.
    private static func next(
        _ kind: RelayEvent.Kind,
        _ iterator: inout RelayEvents.Iterator
    ) async throws -> RelayEvent {
        while let event = await iterator.next() {
            if event.kind == kind { return event }
        }
        throw DERPError(.cancelled, "no more events")
    }

    @Test("a client's login and end are reported, with the reason; and that the relay has stopped")
    func comingAndGoing() async throws {
        var iterator: RelayEvents.Iterator?
        try await ObservedRelay.run { observed in
            var events = observed.relay.events.makeAsyncIterator()
            let client = try await observed.connect()
            let connected = try #require(await events.next())
            #expect(connected.kind == .clientConnected && connected.key == client.publicKey)
            #expect(connected.address?.ip == .loopbackIPv4 && !connected.isMeshPeer && connected.disconnection == nil)
            await client.close()
            let disconnected = try #require(await events.next())
            #expect(disconnected.kind == .clientDisconnected && disconnected.key == client.publicKey)
            #expect(disconnected.disconnection == .peer && "\(DisconnectReason.peer)" == "peer")
            #expect(try #require(disconnected.duration) > .zero)
            iterator = events
        }
        #expect(await iterator?.next() == nil)
    }

    @Test("refused clients are reported with the reason, also those for which there is no place")
    func refused() async throws {
        try await ObservedRelay.run { configuration in
            configuration.admission.verifiers = [ScriptedVerifier(.deny(.controller, detail: "a reason for the log"))]
        } _: { observed in
            var events = observed.relay.events.makeAsyncIterator()
            let key = NodePrivateKey()
            #expect(try await observed.refusal(of: key)?.contains("the admission controller said no") == true)
            let event = try #require(await events.next())
            #expect(
                event.kind == .clientRefused && event.key == key.publicKey && event.detail == "a reason for the log"
            )
            #expect(event.refusal == ClientRefusalReason(.controller) && event.refusal?.admission == .controller)
            #expect("\(ClientRefusalReason(.controller))" == "controller")
        }
        try await ObservedRelay.run {
            $0.connectionLimits.clients = 1
        } _: { observed in
            let client = try await observed.connect()
            var events = observed.relay.events.makeAsyncIterator()
            #expect(try await observed.refusal(of: NodePrivateKey()) != nil)
            #expect(try await Self.next(.clientRefused, &events).refusal == .clientLimit)
            await client.close()
        }
    }

    @Test("another certificate and another map are reported")
    func changes() async throws {
        let certificates = try CertificateSet(hosts: ["a.example", "b.example"])
        let certificate = try Certificate.selfSigned(for: "a.example")
        try certificates.replace(certificate, for: "a.example")
        var region = DERPRegion(regionID: 900, regionCode: "test", regionName: "Test")
        try await ObservedRelay.run {
            $0.security = .certificates(certificates)
            $0.region = region
        } _: { observed in
            var events = observed.relay.events.makeAsyncIterator()
            try certificates.replace(certificate, for: "B.example")
            let changed = try await Self.next(.certificateChanged, &events)
            #expect(changed.host == "b.example")
            region.regionName = "Another"
            try await observed.relay.regionMap.update(region)
            _ = try await Self.next(.mapChanged, &events)
        }
        // The relay is gone, and is not told any more.
        try certificates.replace(certificate, for: "a.example")
    }
}
