import IPAddresses
import HTTPTypes

extension HTTPRouter {
    /// Sends a client of the plain port to the same path under `https`, at one of `hosts`: the one that it asks for,
    /// otherwise the first one. The host that a client asks for is never repeated if it is not in `hosts`. Otherwise,
    /// somebody who can make the client ask for another host could have it sent there.
    func redirect(_ head: HTTPRequestHead, tlsPort: UInt16, hosts: [HTTPAuthority]) -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed }
        let asked = head.authority?.host.lowercasedASCII
        guard let host = (hosts.first { $0.host.lowercasedASCII == asked } ?? hosts.first)?.host else {
            return HTTPReply(text: "this is served over https only", status: .badRequest)
        }
        let port = tlsPort == 443 ? "" : ":\(tlsPort)"
        let query = head.query.map { "?" + $0 } ?? ""
        return HTTPReply(status: .found, fields: [.location: "https://\(host)\(port)\(head.path)\(query)"])
    }
}
