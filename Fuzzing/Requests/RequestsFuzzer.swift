@testable import DERPKit
import HTTPTypes
import IPAddresses

/// A request's head must come out the same however the input is cut, and incomplete never lasts beyond the limit. What
/// the relay makes of it holds no line that the client has made up.
enum RequestsFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard input.count > 1 else { return }
        let size = Int(input[0] & 63) + 1
        let input = UnsafeRawBufferPointer(rebasing: input.dropFirst())

        var whole = HTTPRequestParser()
        let expected = whole.parse(input)
        if case .incomplete = expected { precondition(input.count < HTTPRequestParser.maxHeadByteCount) }
        if case .head(let head, let byteCount) = expected {
            precondition((1...input.count).contains(byteCount))
            for router in Self.routers { Self.route(head, by: router) }
        }

        var parser = HTTPRequestParser()
        var end = 0
        var result = HTTPRequestParser.Result.incomplete
        while end < input.count, result == .incomplete {
            end = min(end + size, input.count)
            result = parser.parse(UnsafeRawBufferPointer(rebasing: input[..<end]))
        }
        precondition(result == expected)
    }

    /// Those of a relay's two ports.
    private static let routers: [HTTPRouter] = {
        var configuration = RelayServer.Configuration(privateKey: NodePrivateKey(), addresses: [], security: .none)
        configuration.debugNetworks = [Self.proxies]
        configuration.admission.lists = KeyLists(allow: nil, deny: nil)
        configuration.region = DERPRegion(regionID: 900, regionCode: "fuzz", regionName: "Fuzzing")
        configuration.proxies.networks = [Self.proxies]
        let hosts = ["relay.example.com", "[2001:db8::1]"].compactMap { HTTPAuthority($0) }
        return [.relay, .plainHelper(tlsPort: 8443, hosts: hosts)].map {
            HTTPRouter(configuration: configuration, port: $0)
        }
    }()

    private static let proxies = IPNetwork("192.0.2.0/24")!
    private static let proxy = ClientOrigin(address: IPEndpoint(IPAddress("192.0.2.1")!, port: 4000))
    private static let stranger = ClientOrigin(address: IPEndpoint(.loopbackIPv4, port: 4000))

    private static func route(_ head: HTTPRequestHead, by router: HTTPRouter) {
        // Only proxies are believed about clients.
        precondition(router.origin(of: head, on: Self.stranger)?.address == Self.stranger.address)
        guard let origin = router.origin(of: head, on: Self.proxy) else { return }
        precondition(origin.address.ip == origin.address.ip.unmapped)
        switch router.outcome(for: head, from: origin, isTLS: false) {
        case .respond(let reply), .challenge(_, otherwise: let reply):
            Self.check(reply.serialized(keepAlive: head.wantsKeepAlive))
        case .upgrade(let upgrade):
            if !upgrade.response.isEmpty { Self.check(upgrade.response) }
            precondition((upgrade.idealNode ?? "").utf8.allSatisfy { (0x20..<0x7f).contains($0) })
        case .verify(let count): precondition((0...AdmissionMessage.maxByteCount).contains(count))
        case .bootstrapDNS(let page, let query):
            Self.check(page.reply(body: Self.names.answer(query: query), entityTag: nil).serialized(keepAlive: false))
        case .metrics(let page), .derpMap(let page):
            Self.check(page.reply(body: Array("{}".utf8), entityTag: "\"1\"").serialized(keepAlive: true))
        }
    }

    private static let names = BootstrapDNS(names: BootstrapNames())

    /// A reply is read by our own client, which refuses what two readers could understand in two ways.
    private static func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        precondition(text.hasPrefix("HTTP/1.1 "), "a reply is no HTTP: \(text)")
        // Switching protocols, which that client doesn't expect.
        guard !text.hasPrefix("HTTP/1.1 101 ") else { return }
        var reader = HTTPResponseReader(answerTo: .get, bodyLimit: 1 << 20)
        do throws(DERPError) {
            try reader.take(bytes)
            if !reader.isComplete { try reader.end() }
        } catch {
            preconditionFailure("a reply can't be read: \(error)")
        }
    }
}
