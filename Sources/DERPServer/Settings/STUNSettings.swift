/// Where STUN is answered.
struct STUNSettings: Hashable {
    var address: ListenAddress
    /// The flag that says so.
    var flag: Flag
}

extension STUNSettings {
    /// The default port (RFC 8489 §18.6).
    static let standardPort: UInt16 = 3478

    /// Takes the flags of STUN; `nil` when it is off.
    ///
    /// - Parameter listen: Where the server listens, because of `-a` or `-dev`.
    /// - Throws: ``UsageError`` with the flag that is wrong, or contradicts another.
    init?(_ given: GivenFlags<ListeningFlags>, isDevelopment: Bool, listen: ListenAddress) throws(UsageError) {
        let (isOn, port) = (try given.stun, try given.stunPort)
        guard let address = try given.stunAddress else {
            guard isOn else { return nil }
            self.init(address: listen.with(port: port ?? Self.standardPort), flag: Flag[\.listening.stunPort])
            return
        }
        guard isOn else {
            throw given.error(
                \.stunAddress,
                "sets where STUN is answered, but -stun=false turns it off: leave one out",
                or: Flag[\.listening.stun]
            )
        }
        guard !isDevelopment else {
            throw given.error(
                \.stunAddress,
                "can't be combined with -dev, which listens on 127.0.0.1 only: leave one out",
                or: Flag[\.general.development]
            )
        }
        guard port == nil || port == address.port else {
            throw given.error(
                \.stunAddress,
                "has another port than -stun-port: leave one out",
                or: Flag[\.listening.stunPort]
            )
        }
        self.init(address: address, flag: Flag[\.listening.stunAddress])
    }
}
