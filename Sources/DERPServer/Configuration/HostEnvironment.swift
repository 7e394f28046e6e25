import IPAddresses
import FoundationEssentials
import Glibc

/// The process's environment, apart from its arguments.
struct HostEnvironment {
    /// Whether the user is root.
    var isRoot: Bool
    /// The machine's name.
    var hostname: String
    /// Environment variables: those of caches, and those that may be settings.
    var variables: [String: String]

    /// The environment of this process.
    static var current: Self {
        var name = [CChar](repeating: 0, count: 256)
        let hostname =
            gethostname(&name, name.count - 1) == 0
            ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
        let variables = ProcessInfo.processInfo.environment.filter { name, _ in
            ["HOME", "XDG_CACHE_HOME", Self.meshKeyVariable].contains(name)
                || name.begins(with: EnvironmentSettings.prefix)
        }
        return Self(isRoot: getuid() == 0, hostname: hostname, variables: variables)
    }

    /// derper's default for `-certdir`: `tailscale/derper-certs` in the user's cache; `nil` when there is none.
    var defaultCertificateDirectory: String? { self.cacheDirectory.map { $0 + "/tailscale/derper-certs" } }

    /// Where fetched maps are kept: `derp-kit/maps` in the user's cache; `nil` when there is none.
    var defaultMapCache: String? { self.cacheDirectory.map { $0 + "/derp-kit/maps" } }

    private var cacheDirectory: String? {
        if let path = self.variables["XDG_CACHE_HOME"], !path.isEmpty {
            guard path.begins(with: "/") else { return nil }
            return path
        } else if let home = self.variables["HOME"], !home.isEmpty {
            return home + "/.cache"
        }
        return nil
    }

    /// Where derper has the mesh key in development.
    static let meshKeyVariable = "TAILSCALE_DERPER_MESH_KEY"

    /// derper's defaults for `-mesh-psk-file`, of which the first existing one counts.
    var defaultMeshKeyFiles: [String] {
        let home = self.variables["HOME"].map { [$0 + "/keys/derp-mesh.key"] } ?? []
        return ["/home/derp/keys/derp-mesh.key"] + home
    }

    /// derper's default for `-c`; `nil` for users other than root.
    var defaultKeyFile: String? { self.isRoot ? "/var/lib/derper/derper.key" : nil }
}
