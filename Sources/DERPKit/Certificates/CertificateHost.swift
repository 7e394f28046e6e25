import IPAddresses

/// The DNS name or the IP address of a certificate.
package struct CertificateHost: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case name(String)
        case address(IPAddress)
    }

    package let kind: Kind
    /// The host as it was given.
    package let text: String

    /// Reads an IP literal without brackets, or a DNS name of 1…253 letters, digits, hyphens, underscores and dots.
    /// Returns `nil` for anything else.
    package init?(_ text: String) {
        self.text = text
        if let address = IPAddress(text) {
            self.kind = .address(address)
            return
        }
        let labels = text.parts(at: ".")
        let isName =
            text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(Self.isNameByte)
            }
        // Text that only looks like an IPv4 address is a mistake, not a name.
        guard isName, labels.last?.utf8.allSatisfy({ (48...57).contains($0) }) == false else { return nil }
        self.kind = .name(text)
    }

    init(_ address: IPAddress) {
        self.kind = .address(address)
        self.text = address.description
    }

    /// Reads a host as ``init(_:)`` does, and says what is wrong.
    static func parse(_ text: String) throws(DERPError) -> Self {
        guard let host = Self(text) else {
            throw DERPError(.certificate, "\"\(text)\" is neither a DNS name nor an IP address")
        }
        return host
    }

    /// The key that distinguishes hosts: names ignore case, and addresses have many spellings.
    var key: String {
        switch self.kind {
        case .name(let name): name.lowercasedASCII
        case .address(let address): "\(address)"
        }
    }

    /// Returns the ``key`` of text that may not be a host.
    static func key(of text: String) -> String { Self(text)?.key ?? text }

    /// The subject alternative name in OpenSSL's configuration syntax.
    var subjectAlternativeName: String {
        switch self.kind {
        case .name(let name): "DNS:\(name)"
        case .address(let address): "IP:\(address)"
        }
    }

    /// The name of its files without their extension. As with derper, it has only the letters, digits, hyphens and dots
    /// of the host.
    package var fileName: String {
        let kept = self.text.utf8.filter { byte in
            byte == UInt8(ascii: ".") || (byte != UInt8(ascii: "_") && Self.isNameByte(byte))
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
