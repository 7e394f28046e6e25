import DERPKit

extension ProxyTrust {
    /// Takes the flags of proxies.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: ProxyOptions) throws(UsageError) {
        self.init()
        self.networks = try ServerSettings.networks("--trusted-proxies", options.trustedProxies)
        self.sendsHeader = options.proxyProtocol
    }
}
