import Foundation

/// How a test wants its server.
struct ServerOptions {
    enum Certificate: String {
        case selfSigned = "self-signed"
        case manual
        /// Ordered by ACME: the server may be without one for a while.
        case letsencrypt
        case none
    }

    /// The ports that a server listens on.
    struct Ports: Equatable {
        var relay: UInt16
        var helper: UInt16
        var stun: UInt16
    }

    var certificate: Certificate = .selfSigned
    var address: Loopback = .ipv4
    var hostname = "127.0.0.1"
    var loops = 2
    /// Whether it also listens for plain HTTP beside TLS (`-http-port`).
    var hasHelperPort = false
    var hasSTUN = false
    /// The ports to take; free ones if `nil`.
    var ports: Ports?
    /// Holds the key file and the certificates; a fresh directory if `nil`.
    var directory: TemporaryDirectory?
    /// How many files it may have open; the tests' own limit if `nil`.
    var openFileLimit: Int?
    /// How much address space it may take, in KiB; the tests' own limit if `nil`.
    var addressSpaceLimit: Int?
    /// How much memory it may have that is no file's, in KiB; the tests' own limit if `nil`.
    var dataLimit: Int?
    /// Whether it shows its metrics to loopback also without TLS (`--debug-allow`).
    var readsMetrics = true
    /// Whether it finds an empty `/proc`, as in a root that has none.
    var isWithoutProc = false
    /// Environment variables besides the test's own.
    var variables: [String: String] = [:]
    /// More settings, each in the place of the one that all this says.
    var settings: [ServerSetting] = []
    /// How it is told all this.
    var form: SettingForm = .commandLine
    /// More flags, after all others.
    var flags: [String] = []

    /// Plain HTTP with nothing else.
    static let plain = ServerOptions(certificate: .none)

    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// The command line and the variables that say all this.
    func launch(ports: Ports, directory: URL) throws -> (command: [String], variables: [String: String]) {
        var command = [BuiltProducts.server]
        if let limit = self.openFileLimit {
            command = ["sh", "-c", "ulimit -n \(limit) && exec \"$0\" \"$@\""] + command
        }
        if let limit = self.addressSpaceLimit {
            command = ["sh", "-c", "ulimit -v \(limit) && exec \"$0\" \"$@\""] + command
        }
        if let limit = self.dataLimit {
            command = ["sh", "-c", "ulimit -d \(limit) && exec \"$0\" \"$@\""] + command
        }
        if self.isWithoutProc {
            // Whoever isn't root is so in a namespace of users.
            let isolation = ["unshare"] + (getuid() == 0 ? [] : ["-r"]) + ["-m"]
            let script = "mount -t tmpfs none /proc && [ ! -e /proc/self ] && exec \"$0\" \"$@\""
            command = isolation + ["sh", "-c", script] + command
        }
        let said = try self.form.launch(
            self.basis(ports: ports, directory: directory) + self.settings,
            flags: self.flags,
            directory: directory
        )
        return (command + said.arguments, said.variables.merging(self.variables) { $1 })
    }

    private func basis(ports: Ports, directory: URL) -> [ServerSetting] {
        let networks = self.readsMetrics && self.certificate == .none ? ["127.0.0.0/8", "::1"] : []
        return [
            ("a", self.address.withPort(ports.relay)),
            ("certmode", self.certificate.rawValue),
            ("certdir", directory.path),
            ("hostname", self.hostname),
            ("c", directory.appending(path: "derper.key").path),
            ("http-port", self.hasHelperPort ? String(ports.helper) : "-1"),
            ("stun", String(self.hasSTUN)),
            ("stun-port", String(ports.stun)),
            ("loops", String(self.loops)),
        ].map { ServerSetting($0, [$1]) } + (networks.isEmpty ? [] : [ServerSetting("debug-allow", networks)])
    }
}
