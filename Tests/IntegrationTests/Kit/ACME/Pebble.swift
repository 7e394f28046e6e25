import Foundation
import TestSupport

/// An ACME server of the tests' own: pebble, from Debian's packages, which validates at the ports of our choice. All names
/// have the address 127.0.0.1.
final class Pebble {
    /// What it is to be like.
    struct Options {
        /// Where it looks for answers to challenges.
        var httpPort: UInt16
        var tlsPort: UInt16
        /// The accounts elsewhere that it knows, by their ids; if any, one is wanted.
        var accountKeys: [String: String] = [:]
        /// How long its certificates are valid, in seconds.
        var lifetime = 3600
        /// How many of 100 nonces it refuses.
        var refusedNonces = 30
        /// How many of 100 authorizations it remembers.
        var reusedAuthorizations = 0
    }

    /// Its ports, free until ``start()``.
    private let reservations: [PortReservation]
    private let options: Options
    private let directory: TemporaryDirectory
    private var processes: [ChildProcess] = []

    init(_ options: Options) throws {
        self.options = options
        self.directory = try TemporaryDirectory()
        self.reservations = [try PortReservation(.tcp), try PortReservation(.tcp), try PortReservation(.udp)]
        try GeneratedCertificate.write(to: self.directory, hostname: "127.0.0.1")
    }

    /// The URL of its directory.
    var url: String { "https://127.0.0.1:\(self.reservations[0].port)/dir" }
    /// The certificate by which it is known itself.
    var authorityFile: String { self.directory.file("127.0.0.1.crt").path }

    /// Starts it, and returns when it answers.
    func start() throws {
        self.reservations.forEach { $0.release() }
        let (port, management, dns) = (
            self.reservations[0].port, self.reservations[1].port, self.reservations[2].port
        )
        let settings: [String: Any] = [
            "listenAddress": "127.0.0.1:\(port)", "managementListenAddress": "127.0.0.1:\(management)",
            "certificate": self.authorityFile, "privateKey": self.directory.file("127.0.0.1.key").path,
            "httpPort": Int(self.options.httpPort), "tlsPort": Int(self.options.tlsPort),
            "externalAccountBindingRequired": !self.options.accountKeys.isEmpty,
            "externalAccountMACKeys": self.options.accountKeys,
            "certificateValidityPeriod": self.options.lifetime,
        ]
        try JSONSerialization.data(withJSONObject: ["pebble": settings]).write(to: self.directory.file("pebble.json"))
        let names = try ChildProcess(
            [
                "pebble-challtestsrv", "-dns01", "127.0.0.1:\(dns)", "-http01", "", "-https01", "", "-tlsalpn01", "",
                "-management", "127.0.0.1:0", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "",
            ],
            directory: self.directory.url,
            name: "names"
        )
        let server = try ChildProcess(
            ["pebble", "-config", self.directory.file("pebble.json").path, "-dnsserver", "127.0.0.1:\(dns)"],
            environment: [
                "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": String(self.options.refusedNonces),
                "PEBBLE_AUTHZREUSE": String(self.options.reusedAuthorizations),
            ],
            directory: self.directory.url,
            name: "pebble"
        )
        self.processes = [names, server]
        try eventually("pebble answers") {
            guard !server.hasEnded, !names.hasEnded else {
                throw KitError.closed("pebble ended: \(server.errors)\(server.output)\(names.errors)\(names.output)")
            }
            return (try? Connection(port: port, security: .tls13)) != nil
        }
    }

    /// Ends it at once; what it knew is lost.
    func stop() {
        self.processes.forEach { $0.send(signal: SIGKILL) }
        self.processes = []
    }

    /// The root of its certificates, in a file.
    func root() throws -> String {
        let connection = try Connection(port: self.reservations[1].port, security: .tls13)
        let response = try HTTPRequest("/roots/0").send(over: connection)
        guard response.status == 200 else { throw KitError.unexpected("no root: \(response.status)") }
        try self.directory.write(response.text, to: "root.crt")
        return self.directory.file("root.crt").path
    }
}
