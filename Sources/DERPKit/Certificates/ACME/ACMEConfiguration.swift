/// Where and how to order certificates.
public struct ACMEConfiguration: Hashable, Sendable {
    /// The directory of the authority's ACME server, an `https` URL.
    public var directoryURL = Self.letsEncrypt
    /// The directory for the account's key and the certificates.
    public var storage: String
    /// The address to which the authority may write about the account; `nil` means none.
    public var email: String?
    /// The external account that the authority requires.
    public var accountBinding: ACMEAccountBinding?
    /// The profile of ordered certificates; `nil` means the authority's default, or for addresses `shortlived` if there
    /// is such a profile.
    public var profile: String?
    /// Whether clients that connect to an address without asking for a name make this server order a certificate for
    /// the address, for at most 16 addresses.
    public var ordersForAddresses = false
    /// The challenges that can be answered, the best first.
    public var challenges = ACMEChallengeType.all
    /// The authorities to trust besides the system's when talking to the ACME server, as PEM.
    public var authoritiesPEM: String?
    /// The pause after a first failure. It doubles with each further failure, up to an hour. More than zero.
    package var retryDelay: Duration = .seconds(60)
    /// The maximum time for one attempt. More than zero.
    package var attemptTimeout: Duration = .seconds(180)

    /// Let's Encrypt's directory.
    public static let letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

    /// Orders from Let's Encrypt, without an email address.
    ///
    /// - Parameter storage: The directory for the account's key and the certificates. It is made when missing.
    public init(storage: String) { self.storage = storage }
}

extension ACMEConfiguration {
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for the first setting that is out of range.
    func validate() throws(DERPError) {
        guard HTTPURL(self.directoryURL)?.isSecure == true else {
            throw DERPError(.invalidConfiguration, "the ACME directory is not an https URL")
        }
        guard !self.challenges.isEmpty else { throw DERPError(.invalidConfiguration, "no challenge type is enabled") }
        guard self.retryDelay > .zero, self.attemptTimeout > .zero else {
            throw DERPError(.invalidConfiguration, "the time of ACME attempts is not more than zero")
        }
    }
}
