import CDERPOpenSSL

/// The requests in a client's first TLS message (RFC 8446 §4.1.2), before a certificate is chosen for it.
public struct TLSClientHello: Hashable, Sendable {
    /// The host that the client wants (RFC 6066 §3): 1…253 visible ASCII characters, in lower case and without a final
    /// dot. `nil` if the client names none, like clients that were given an IP address.
    public let serverName: String?
    /// The protocols that the client offers, the best first (ALPN, RFC 7301 §3.1).
    public let protocols: [String]

    public init(serverName: String? = nil, protocols: [String] = []) {
        self.serverName = serverName
        self.protocols = protocols
    }

    /// Reads the contents of the two extensions. A malformed one counts as absent: OpenSSL refuses it afterwards.
    init(serverNameExtension: some Collection<UInt8>, protocolsExtension: some Collection<UInt8>) {
        self.serverName = Self.hostName(in: serverNameExtension)
        self.protocols = Self.protocolNames(in: protocolsExtension)
    }

    /// Reads the message that `session` is about to answer. Call it only within OpenSSL's callback for it.
    init(of session: OpaquePointer) {
        self.init(
            serverNameExtension: Self.content(of: TLSEXT_TYPE_server_name, in: session),
            protocolsExtension: Self.content(of: TLSEXT_TYPE_application_layer_protocol_negotiation, in: session)
        )
    }

    /// Returns how many cipher suites `session` is offered. Call it only within OpenSSL's callback for it.
    static func suiteCount(of session: OpaquePointer) -> Int {
        SSL_client_hello_get0_ciphers(session, nil) / 2
    }

    private static func content(of type: CInt, in session: OpaquePointer) -> UnsafeBufferPointer<UInt8> {
        var start: UnsafePointer<UInt8>?
        var count = 0
        guard SSL_client_hello_get0_ext(session, UInt32(type), &start, &count) == 1 else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: start, count: count)
    }

    /// `ServerNameList`: its size, then entries of a type, a size and a name. OpenSSL takes exactly one entry.
    private static func hostName(in content: some Collection<UInt8>) -> String? {
        let bytes = Array(content)
        guard bytes.count > 5, Self.number(bytes[0...1]) == bytes.count - 2, bytes[2] == 0,
            Self.number(bytes[3...4]) == bytes.count - 5
        else { return nil }
        let name = bytes[5...].last == UInt8(ascii: ".") ? bytes[5...].dropLast() : bytes[5...]
        guard (1...253).contains(name.count), name.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        return String(decoding: name, as: UTF8.self).lowercasedASCII
    }

    /// `ProtocolNameList`: its size, then names of 1…255 bytes after their sizes.
    private static func protocolNames(in content: some Collection<UInt8>) -> [String] {
        let bytes = Array(content)
        guard bytes.count > 2, Self.number(bytes[0...1]) == bytes.count - 2 else { return [] }
        var names: [String] = []
        var rest = bytes[2...]
        while let size = rest.popFirst() {
            guard size > 0, rest.count >= size else { return [] }
            names.append(String(decoding: rest.prefix(Int(size)), as: UTF8.self))
            rest = rest.dropFirst(Int(size))
        }
        return names
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
