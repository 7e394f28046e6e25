/// Where STUN is answered.
struct STUNSettings: Hashable {
    var address: ListenAddress
    /// The flag that says so.
    var flag: String
}

extension STUNSettings {
    /// The port when nothing is said (RFC 8489 §18.6).
    static let standardPort = 3478

    /// Takes the flags of STUN; `nil` when it is off.
    ///
    /// - Parameter listen: where `-a`, or `-dev`, has the server listen.
    /// - Throws: ``UsageError`` with the flag that is wrong, or those that contradict each other.
    init?(_ options: ServerOptions, listen: ListenAddress) throws(UsageError) {
        let port = try options.stunPort.map { text throws(UsageError) in
            UInt16(try FlagValue("-stun-port", text).integer(in: 0...65535))
        }
        guard !options.stunListen.isEmpty else {
            guard options.stun else { return nil }
            self.init(address: listen.with(port: port ?? UInt16(Self.standardPort)), flag: "-stun-port")
            return
        }
        guard let address = ListenAddress(options.stunListen) else {
            throw UsageError(
                "--stun-listen is :port, ip:port, [ipv6]:port or name:port, not \(UsageError.quote(options.stunListen))"
            )
        }
        guard options.stun else {
            throw UsageError("--stun-listen says where STUN is answered, and -stun=false that it isn't: leave one out")
        }
        guard !options.dev else {
            throw UsageError("--stun-listen can't go with -dev, which listens on 127.0.0.1 only: leave one out")
        }
        guard port == nil || port == address.port else {
            throw UsageError("--stun-listen has a port of its own, which is not that of -stun-port: leave one out")
        }
        self.init(address: address, flag: "--stun-listen")
    }
}
