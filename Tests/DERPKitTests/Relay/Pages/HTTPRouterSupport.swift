import IPAddresses
import DERPKit
import HTTPTypes
import Testing

/// A router, and whence and how requests reach it.
struct RoutedRequest {
    var configuration: RelayServer.Configuration
    var port = HTTPRouter.Port.relay
    var peer = IPAddress(ipv4: 0xc000_0201)
    /// Who stands before the connection.
    var proxies = ClientOrigin.Proxies.none
    var isTLS = true

    init() {
        self.configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 443)],
            security: .none
        )
        self.configuration.region = DERPRegion(regionID: 900, regionCode: "test", regionName: "Test")
    }

    static func plainHelper(tlsPort: UInt16 = 443, hosts: [String] = ["relay.test"]) -> Self {
        var request = Self()
        request.port = .plainHelper(tlsPort: tlsPort, hosts: hosts.compactMap { HTTPAuthority($0) })
        request.isTLS = false
        return request
    }

    func outcome(_ line: String, _ fields: String..., version: String = "HTTP/1.1") throws -> HTTPRouter.Outcome {
        try self.outcome(line, fields, version: version)
    }

    func outcome(_ line: String, _ fields: [String], version: String = "HTTP/1.1") throws -> HTTPRouter.Outcome {
        let lines = ["\(line) \(version)"] + (version == "HTTP/1.1" ? ["Host: relay.test"] : []) + fields
        let text = lines.map { $0 + "\r\n" }.joined() + "\r\n"
        guard case .head(let head, _) = HTTPRequestParser.parse(text) else {
            throw HTTPParseError.malformedRequestLine
        }
        let router = HTTPRouter(configuration: self.configuration, port: self.port)
        let connection = ClientOrigin(address: IPEndpoint(self.peer, port: 1), through: self.proxies)
        let origin = try #require(router.origin(of: head, on: connection))
        return router.outcome(for: head, from: origin, isTLS: self.isTLS)
    }

    /// The reply, where the outcome must be one.
    func reply(_ line: String, _ fields: String..., version: String = "HTTP/1.1") throws -> HTTPReply {
        let outcome = try self.outcome(line, fields, version: version)
        guard case .respond(let reply) = outcome else { throw UnexpectedOutcome(outcome: outcome) }
        return reply
    }

    /// The upgrade, where the outcome must be one.
    func upgrade(_ line: String, _ fields: String..., version: String = "HTTP/1.1") throws -> DERPUpgrade {
        let outcome = try self.outcome(line, fields, version: version)
        guard case .upgrade(let upgrade) = outcome else { throw UnexpectedOutcome(outcome: outcome) }
        return upgrade
    }
}

struct UnexpectedOutcome: Error {
    let outcome: HTTPRouter.Outcome
}

extension HTTPReply {
    var text: String { String(decoding: self.body, as: UTF8.self) }

    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { self.fields[$0] } }
}
