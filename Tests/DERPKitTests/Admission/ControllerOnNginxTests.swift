import AsyncSockets
import TestSupport
import Testing

@testable import DERPKit

@Suite("Admission controllers on a real web server", .blocking, .light, .serialized, .timeLimit(.minutes(1)))
struct ControllerOnNginxTests {
    private let group: IOLoopGroup
    private let nginx: NginxServer
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: IPAddress(ipv4: 0xc000_0201))

    init() async throws {
        self.group = try IOLoopGroup(count: 1)
        self.nginx = try await NginxServer()
    }

    private func decision(of url: String, failsOpen: Bool = true, trusts: Bool = true) async throws -> AdmissionDecision
    {
        let verifier = try ControllerVerifier(
            url: url,
            failsOpen: failsOpen,
            authoritiesPEM: trusts ? self.nginx.authorityPEM : nil,
            on: self.group
        )
        return await verifier.decide(on: self.request)
    }

    @Test("yes is yes and no is no, by http and by https of an authority of one's own")
    func answers() async throws {
        for url in [self.nginx.http, { self.nginx.https($0) }] {
            #expect(try await self.decision(of: url("/allow")) == .allow)
            #expect(try await self.decision(of: url("/deny")).refusal == .controller)
        }
    }

    @Test("one whose certificate isn't trusted can't be asked")
    func stranger() async throws {
        let url = self.nginx.https("/allow")
        #expect(try await self.decision(of: url, failsOpen: false, trusts: false).refusal == .unavailable)
    }

    @Test(
        "errors, redirects and a dawdling answer refuse, also where it fails open",
        arguments: ["/500", "/none", "/hop1/allow", "/loop", "/slow-allow"]
    )
    func refusals(path: String) async throws {
        let decision = try await self.decision(of: self.nginx.http(path))
        #expect(decision.refusal == (path == "/slow-allow" ? .unavailable : .controller), "\(decision)")
    }

    @Test("while it is down all are admitted or none, as was asked for, and it is asked again when it is back")
    func down() async throws {
        let url = self.nginx.http("/deny")
        self.nginx.stop()
        #expect(try await self.decision(of: url).isAllowed)
        #expect(try await self.decision(of: url, failsOpen: false).refusal == .unavailable)
        try await self.nginx.start()
        #expect(try await self.decision(of: url).refusal == .controller)
    }
}
