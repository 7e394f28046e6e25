import Testing

@testable import DERPKit

@Suite("What a verifier grants", .timeLimit(.minutes(1)))
struct GrantedRateTests {
    @Test("a client has the rate that its verifier says, whatever the relay's rates are, and is told of it")
    func rate() async throws {
        let rate = RateLimits.Rate(bytesPerSecond: 200_000)
        try await ObservedRelay.run {
            $0.admission.verifiers = [ScriptedVerifier(.allow(rate: rate))]
            $0.rateLimits.areAdvertised = true
        } _: { observed in
            let (sender, receiver) = (try await observed.connect(), try await observed.connect())
            #expect(sender.serverInfo.tokenBucketBytesPerSecond == 200_000)
            #expect(sender.serverInfo.tokenBucketBytesBurst == rate.burst)
            let start = ContinuousClock.now
            let packet = [UInt8](repeating: 1, count: 1400)
            let count = 200
            async let sending: Void = {
                for _ in 0..<count { try await sender.send(packet, to: receiver.publicKey) }
            }()
            for _ in 0..<count { _ = try await receiver.receive(within: .seconds(10)) }
            try await sending
            // 280 kB, of which the burst comes at once.
            #expect(ContinuousClock.now - start > .milliseconds(500))
            #expect(await observed.relay.statistics.counters.rateWaits > 0)
        }
    }

    @Test("a client that was asked about again has the rate of the new answer")
    func renewed() async throws {
        let verifier = ScriptedVerifier(.allow(rate: RateLimits.Rate(bytesPerSecond: 1000)))
        try await ObservedRelay.run {
            $0.admission.verifiers = [verifier]
            $0.admission.reverifyInterval = .milliseconds(50)
        } _: { observed in
            let (sender, receiver) = (try await observed.connect(), try await observed.connect())
            verifier.answer(.allow)
            // With the previous rate each would take a minute. One at a time, so that none is dropped.
            for _ in 0..<8 {
                try await sender.send([UInt8](repeating: 1, count: 60_000), to: receiver.publicKey)
                _ = try await receiver.receive(within: .seconds(20))
            }
        }
    }

    @Test("clients admitted because nobody could be asked are counted")
    func unverified() async throws {
        let verifier = ScriptedVerifier(.allowUnverified(detail: "it is away"))
        try await ObservedRelay.run {
            $0.admission.verifiers = [verifier]
        } _: { observed in
            let key = NodePrivateKey()
            for _ in 0..<2 { try await observed.expectAdmission(of: key) }
            verifier.answer(.allow)
            try await observed.expectAdmission(of: key)
            #expect(await observed.relay.statistics.counters.unverifiedAdmissions == 2)
            #expect(await observed.relay.statistics.clients.logins == 3)
        }
    }
}
