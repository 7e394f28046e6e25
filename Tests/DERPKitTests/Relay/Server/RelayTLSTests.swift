import AsyncSockets
import Testing

@testable import DERPKit

@Suite("The relay's TLS")
struct RelayTLSTests {
    /// What `tls` would show to a client without a name.
    private func shown(_ certificates: CertificateSet, by tls: RelayTLS) throws -> TLSContext {
        try #require(tls.selected(for: TLSClientHello()))
    }

    @Test("a context is made once per certificate, and again after ten days or when the clock is set back")
    func renewal() throws {
        let certificates = try CertificateSet(.selfSigned(for: "a.example"))
        let clock = Clock()
        let tls = try RelayTLS(certificates: certificates, key: NodePrivateKey().publicKey, now: { clock.now })
        let first = try self.shown(certificates, by: tls)
        clock.now += 10 * 86400
        #expect(try self.shown(certificates, by: tls) === first)
        clock.now += 1
        let second = try self.shown(certificates, by: tls)
        #expect(second !== first)
        #expect(try self.shown(certificates, by: tls) === second)
        clock.now -= 2
        #expect(try self.shown(certificates, by: tls) !== second)
    }

    @Test("a new certificate is shown at once, and the previous one is forgotten")
    func replacement() throws {
        let certificates = try CertificateSet(hosts: ["a.example"])
        let tls = try RelayTLS(certificates: certificates, key: NodePrivateKey().publicKey)
        #expect(tls.selected(for: TLSClientHello()) == nil)
        try certificates.replace(.selfSigned(for: "a.example"), for: "a.example")
        weak let first = try self.shown(certificates, by: tls)
        #expect(first != nil)
        try certificates.replace(.selfSigned(for: "a.example"), for: "a.example")
        _ = try self.shown(certificates, by: tls)
        #expect(first == nil)
    }

    private final class Clock: Sendable {
        private let time = Lock(1_800_000_000)
        var now: Int {
            get { self.time.withLock { $0 } }
            set { self.time.withLock { $0 = newValue } }
        }
    }
}
