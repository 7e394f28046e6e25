import IPAddresses

/// The subject of an ordered certificate (RFC 8555 §9.7.7, RFC 8738 §3).
struct ACMEIdentifier: Hashable, Codable, Sendable {
    let type: String
    let value: String

    init(_ host: CertificateHost) {
        switch host.kind {
        case .name(let name): (self.type, self.value) = ("dns", name.lowercasedASCII)
        case .address(let address): (self.type, self.value) = ("ip", address.description)
        }
    }
}

extension CertificateHost {
    /// The name that a validator of TLS-ALPN-01 asks for: the name itself (RFC 8737 §3), or an address as its reverse
    /// mapping (RFC 8738 §6).
    var validationName: String {
        switch self.kind {
        case .name(let name): return name.lowercasedASCII
        case .address(let address):
            let bytes = address.bytes.reversed()
            if address.family == .ipv4 { return bytes.map(String.init).joined(separator: ".") + ".in-addr.arpa" }
            let digits = bytes.flatMap { [$0 & 15, $0 >> 4] }.map { String($0, radix: 16) }
            return digits.joined(separator: ".") + ".ip6.arpa"
        }
    }
}
