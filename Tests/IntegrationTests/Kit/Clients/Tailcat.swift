import Foundation

/// The stock client: a Tailscale data plane that needs no account. `TAILCAT` names its program.
enum Tailcat {
    /// What a client is told of its surroundings.
    struct Setting {
        /// Where the server's map is, over plain HTTP.
        let mapPort: UInt16
        /// Whether it must relay everything, or may also ask STUN and go direct.
        var alwaysRelays = true
        /// The certificates of authorities that it trusts; if `nil`, the system's.
        var authorityFile: String?

        init(mapPort: UInt16) { self.mapPort = mapPort }

        init(server: ServerProcess, alwaysRelays: Bool = true, authorityFile: String? = nil) {
            self.mapPort = server.ports.helper
            self.alwaysRelays = alwaysRelays
            self.authorityFile = authorityFile
        }

        func environment(home: URL) -> [String: String] {
            var variables = [
                "HOME": home.path,
                "TAILCAT_DERPMAP_URL": "http://127.0.0.1:\(self.mapPort)/derpmap/default",
            ]
            variables["SSL_CERT_FILE"] = self.authorityFile
            if self.alwaysRelays { variables["TS_DEBUG_ALWAYS_USE_DERP"] = "true" }
            return variables
        }
    }

    static func program() throws -> String {
        guard let program = ProcessInfo.processInfo.environment["TAILCAT"], !program.isEmpty else {
            throw KitError.missing("TAILCAT names no client; scripts/test installs one and runs the tests with it")
        }
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw KitError.missing("TAILCAT=\(program) is no program; scripts/test installs one")
        }
        return program
    }
}
