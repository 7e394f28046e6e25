/// Where certificates are ordered, and how.
public struct ACMEConfiguration: Sendable {
    /// The directory of the authority's ACME server, an `https` URL.
    public var directoryURL = Self.letsEncrypt
    /// Where the account's key and the certificates are kept.
    public var storage: String
    /// Whom the authority may write to about the account; `nil`: nobody.
    public var email: String?
    /// The account elsewhere that the authority wants to see.
    public var accountBinding: ACMEAccountBinding?
    /// The profile of certificates that is ordered; `nil`: the authority's default, or for addresses `shortlived` where
    /// there is such a one.
    public var profile: String?
    /// Whether clients that come by an address without asking for a name make this server order a certificate for the
    /// address, 16 addresses at most.
    public var ordersForAddresses = false
    /// The challenges that can be answered, the best first.
    public var challenges = ACMEChallengeType.allCases
    /// Authorities to trust besides the system's when talking to the ACME server, as PEM.
    public var authoritiesPEM: String?
    /// The pause after a first failure; it doubles with each further one, up to an hour. More than zero.
    public var retryDelay: Duration = .seconds(60)
    /// How long one attempt may take in all. More than zero.
    public var attemptTimeout: Duration = .seconds(180)

    /// Let's Encrypt's directory.
    public static let letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

    public init(storage: String) { self.storage = storage }
}

extension ACMEConfiguration {
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for the first setting that is out of range.
    func validate() throws(DERPError) {
        guard HTTPURL(self.directoryURL)?.isSecure == true else {
            throw DERPError(.invalidConfiguration, "the ACME directory is no https URL")
        }
        guard !self.challenges.isEmpty else { throw DERPError(.invalidConfiguration, "no challenge can be answered") }
        guard self.retryDelay > .zero, self.attemptTimeout > .zero else {
            throw DERPError(.invalidConfiguration, "the time of ACME attempts is not more than zero")
        }
    }
}
