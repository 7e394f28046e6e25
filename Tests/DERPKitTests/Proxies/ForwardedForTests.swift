import IPAddresses
import Testing

@testable import DERPKit

@Suite("X-Forwarded-For and X-Real-IP")
struct ForwardedForTests {
    /// Whom a request with `fields` is from, and through whom.
    private func origin(
        from peer: String,
        _ fields: String...,
        through proxies: ClientOrigin.Proxies = .none
    ) throws -> String {
        var trust = ProxyTrust()
        trust.networks = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].compactMap { IPNetwork($0) }
        let text = (["GET /derp HTTP/1.1", "Host: a"] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
        guard case .head(let head, _) = HTTPRequestParser.parse(text) else { throw HTTPParseError.malformedRequestLine }
        let address = IPEndpoint(try #require(IPAddress(peer)), port: 7)
        let origin = ForwardedFor.origin(
            of: head,
            on: ClientOrigin(address: address, through: proxies),
            trust: trust
        )
        return origin.map { "\($0.address) \($0.proxies)" } ?? "refused"
    }

    @Test("what a stranger says of himself counts for nothing")
    func stranger() throws {
        #expect(try self.origin(from: "192.0.2.1") == "192.0.2.1:7 none")
        #expect(try self.origin(from: "192.0.2.1", "X-Forwarded-For: 127.0.0.1") == "192.0.2.1:7 unknown")
        #expect(try self.origin(from: "192.0.2.1", "X-Real-IP: 127.0.0.1") == "192.0.2.1:7 unknown")
        #expect(try self.origin(from: "192.0.2.1", "Via: 1.1 x") == "192.0.2.1:7 unknown")
        #expect(try self.origin(from: "::1", "X-Real-IP: 127.0.0.1") == "[::1]:7 unknown")
    }

    @Test("of the addresses that proxies added, the rightmost that isn't a proxy's is the client's")
    func rightmost() throws {
        let peer = "10.0.0.1"
        #expect(try self.origin(from: peer, "X-Forwarded-For: 192.0.2.1") == "192.0.2.1:0 trusted")
        #expect(try self.origin(from: peer, "X-Forwarded-For: 192.0.2.1, 10.0.0.9") == "192.0.2.1:0 trusted")
        #expect(try self.origin(from: peer, "X-Forwarded-For: 127.0.0.1, 192.0.2.1") == "192.0.2.1:0 unknown")
        #expect(
            try self.origin(from: peer, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: fd00::2")
                == "192.0.2.1:0 trusted"
        )
        #expect(try self.origin(from: peer, "X-Forwarded-For: 10.0.0.3, 10.0.0.9") == "10.0.0.3:0 trusted")
        #expect(try self.origin(from: "::ffff:10.0.0.1", "X-Forwarded-For: ::ffff:192.0.2.1") == "192.0.2.1:0 trusted")
    }

    @Test("addresses may have ports and brackets; behind one that is none nothing counts")
    func forms() throws {
        let peer = "10.0.0.1"
        #expect(try self.origin(from: peer, "X-Forwarded-For: 192.0.2.1:4711") == "192.0.2.1:4711 trusted")
        #expect(try self.origin(from: peer, "X-Forwarded-For: [2001:db8::1]:99") == "[2001:db8::1]:99 trusted")
        #expect(try self.origin(from: peer, "X-Forwarded-For: [2001:db8::1]") == "[2001:db8::1]:0 trusted")
        #expect(try self.origin(from: peer, "X-Forwarded-For: 2001:db8::1") == "[2001:db8::1]:0 trusted")
        for text in ["unknown", "_hidden", "192.0.2.1.5", ":443", String(repeating: "1", count: 100)] {
            #expect(try self.origin(from: peer, "X-Forwarded-For: \(text)") == "refused")
            #expect(try self.origin(from: "192.0.2.1", "X-Forwarded-For: \(text)") == "192.0.2.1:7 unknown")
        }
        #expect(try self.origin(from: peer, "X-Forwarded-For: 192.0.2.1, x, 10.0.0.5") == "refused")
        #expect(try self.origin(from: peer, "X-Forwarded-For:  , ") == "refused")
        #expect(try self.origin(from: peer, "X-Forwarded-For: 192.0.2.1,") == "refused")
        #expect(try self.origin(from: peer, "X-Forwarded-For: , 192.0.2.1") == "192.0.2.1:0 unknown")
    }

    @Test(
        "what a client writes before the proxy's own entry changes nothing",
        arguments: [
            "\u{600}", "x\u{301}", "\u{200d}", "unknown", "\u{37e}", "1.2.3.4\u{600}", "\u{202e}, \u{600}", ",,",
            "\u{fe0f} ",
        ]
    )
    func foreignWords(text: String) throws {
        let origin = try self.origin(from: "10.0.0.1", "X-Forwarded-For: \(text), 192.0.2.1")
        #expect(origin.hasPrefix("192.0.2.1:0 "))
        #expect(try self.origin(from: "10.0.0.1", "X-Forwarded-For: \(text)", "X-Forwarded-For: 192.0.2.1") == origin)
        // U+0600 would join the comma behind it, and what combines the one before it.
        #expect(
            try self.origin(from: "10.0.0.1", "X-Forwarded-For: \u{600}, 192.0.2.1, 10.0.0.9").hasPrefix("192.0.2.1:0 ")
        )
        #expect(try self.origin(from: "10.0.0.1", "X-Forwarded-For: 192.0.2.1,\u{301}10.0.0.9") == "refused")
    }

    @Test("X-Real-IP counts where there is no X-Forwarded-For")
    func realIP() throws {
        #expect(try self.origin(from: "10.0.0.1", "X-Real-IP: 192.0.2.1") == "192.0.2.1:0 trusted")
        #expect(
            try self.origin(from: "10.0.0.1", "X-Real-IP: 192.0.2.9", "X-Forwarded-For: 192.0.2.1")
                == "192.0.2.1:0 trusted"
        )
        #expect(try self.origin(from: "10.0.0.1", "X-Real-IP: a") == "refused")
        #expect(try self.origin(from: "10.0.0.1", "X-Real-IP: 192.0.2.1", "X-Real-IP: 192.0.2.2") == "refused")
        #expect(try self.origin(from: "10.0.0.1") == "10.0.0.1:7 none")
        #expect(try self.origin(from: "10.0.0.1", "Via: 1.1 x") == "10.0.0.1:7 unknown")
    }

    @Test("behind a PROXY header the address that it tells decides")
    func behindHeader() throws {
        #expect(try self.origin(from: "192.0.2.1", through: .trusted) == "192.0.2.1:7 trusted")
        let field = "X-Forwarded-For: 192.0.2.8"
        #expect(try self.origin(from: "192.0.2.1", field, through: .trusted) == "192.0.2.1:7 unknown")
        #expect(try self.origin(from: "10.0.0.4", field, through: .trusted) == "192.0.2.8:0 trusted")
        // Of whom the proxy says nothing may be anybody.
        #expect(try self.origin(from: "10.0.0.1", field, through: .unknown) == "10.0.0.1:7 unknown")
    }

    @Test("debug pages: loopback only directly, listed networks through trusted proxies too")
    func debugPages() throws {
        var request = RoutedRequest()
        request.configuration.debugNetworks = ["192.0.2.0/24"].compactMap { IPNetwork($0) }
        request.configuration.proxies.networks = ["127.0.0.1"].compactMap { IPNetwork($0) }
        let isShown = { (request: RoutedRequest, field: String?) in
            if case .metrics = try request.outcome("GET /metrics", field.map { [$0] } ?? []) { true } else { false }
        }
        request.peer = .loopbackIPv4
        #expect(try isShown(request, nil))
        #expect(try isShown(request, "X-Forwarded-For: 192.0.2.5"))
        #expect(try !isShown(request, "X-Forwarded-For: 127.0.0.1"))
        #expect(try !isShown(request, "X-Forwarded-For: 198.51.100.1"))
        #expect(try !isShown(request, "X-Forwarded-For: 198.51.100.1, 192.0.2.5"))
        #expect(try !isShown(request, "Forwarded: for=192.0.2.5"))
        request.proxies = .trusted
        #expect(try !isShown(request, nil))
        request.peer = IPAddress(ipv4: 0xc000_0207)
        #expect(try isShown(request, nil))
        #expect(try !isShown(request, "X-Forwarded-For: 192.0.2.5"))
        request.proxies = .unknown
        #expect(try !isShown(request, nil))
    }
}
