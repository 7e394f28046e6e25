import AsyncSockets

/// Which certificates of a relay a client trusts. A value takes a few milliseconds to make, so keep it for later
/// connections.
public struct ServerTrust: Sendable {
    /// The name or IP literal that the certificate must be for; `nil` for the host's name.
    let certificateName: String?
    let context: TLSContext

    private init(_ verification: TLSContext.Verification, name: String? = nil) throws(DERPError) {
        self.certificateName = name
        self.context = try Self.context(verification)
    }

    /// Returns rules that accept certificates for the host's name.
    ///
    /// - Parameter authoritiesPEM: Certificates of authorities to trust besides the system's, as PEM.
    /// - Throws: ``DERPError`` with code `certificate` if the authorities can't be used.
    public static func hostName(authoritiesPEM: String? = nil) throws(DERPError) -> Self {
        try Self(authoritiesPEM.map { .systemAnd(authoritiesPEM: $0) } ?? .system)
    }

    /// Returns rules that accept certificates for another name, or IP literal, than the host's.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - authoritiesPEM: Certificates of authorities to trust besides the system's, as PEM.
    /// - Throws: ``DERPError`` with code `certificate` if the authorities can't be used.
    public static func name(_ name: String, authoritiesPEM: String? = nil) throws(DERPError) -> Self {
        try Self(authoritiesPEM.map { .systemAnd(authoritiesPEM: $0) } ?? .system, name: name)
    }

    /// Returns rules that accept one certificate, whatever its issuer, names and dates.
    ///
    /// - Parameter pin: The certificate's ``Certificate/pin``: `sha256-raw:` and 64 hexadecimal digits.
    /// - Throws: ``DERPError`` with code `invalidConfiguration` if the pin is malformed.
    public static func pinned(_ pin: String) throws(DERPError) -> Self {
        guard let digits = pin.rest(after: Certificate.pinPrefix), let digest = Hex.decode(String(digits)),
            digest.count == 32
        else { throw DERPError(.invalidConfiguration, "a pin is \(Certificate.pinPrefix) and 64 hex digits") }
        return try Self(.pinned(digest))
    }

    /// Returns the rules that a node of a map asks for with its ``DERPNode/certName``: a pin, another name, or nothing
    /// for the host's name.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - authoritiesPEM: Certificates of authorities to trust besides the system's, as PEM. A pin needs none.
    /// - Throws: As ``pinned(_:)`` and ``name(_:authoritiesPEM:)``.
    public static func node(_ node: DERPNode, authoritiesPEM: String? = nil) throws(DERPError) -> Self {
        if node.certName.begins(with: Certificate.pinPrefix) { return try Self.pinned(node.certName) }
        if node.certName.isEmpty { return try Self.hostName(authoritiesPEM: authoritiesPEM) }
        return try Self.name(node.certName, authoritiesPEM: authoritiesPEM)
    }

    /// Returns rules that accept any certificate, for tests and to look at a certificate that isn't trusted.
    public static func insecure() throws(DERPError) -> Self {
        try Self(TLSContext.Verification.none)
    }

    private static func context(_ verification: TLSContext.Verification) throws(DERPError) -> TLSContext {
        do {
            return try TLSContext(clientVerification: verification)
        } catch {
            throw DERPError(.certificate, error.message)
        }
    }
}
