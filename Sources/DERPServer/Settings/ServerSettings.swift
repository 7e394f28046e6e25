import AsyncSockets
import DERPKit
import Logging

/// The command line, understood: every value is in range and none contradicts another. Nothing is read or opened yet.
struct ServerSettings {
    var listen: ListenAddress
    var transport: Transport
    /// The private key's file; `nil`: a fresh key.
    var keyFile: String?
    /// The names and IP addresses that clients connect to, one at least.
    var hostnames: [String]
    /// The first of ``hostnames``, which the map tells.
    var hostname: String { self.hostnames[0] }
    /// Where ``hostnames`` are from.
    var hostnameOrigin: HostnameOrigin
    /// Where plain HTTP is served beside TLS.
    var plainHTTP: ListenAddress?
    /// Where STUN is answered; `nil`: nowhere.
    var stun: STUNSettings?
    var isRelayEnabled: Bool
    var homePage: RelayServer.Configuration.HomePage
    var tcpKeepAlive: Duration
    var tcpUserTimeout: Duration
    var writeTimeout: Duration
    var loopCount: Int?
    var region: RegionSettings
    /// What the map is made of besides this server's region.
    var mapSources: RegionMap.Sources
    /// Authorities to trust besides the system's, whoever is asked.
    var caFile: String?
    var bootstrapNames: BootstrapNames
    var debugNetworks: [IPNetwork]
    var admission: AdmissionSettings
    var limits: LimitSettings
    var proxies: ProxyTrust
    var mesh: MeshSettings
    /// How the server takes over from another one; `nil`: not at all.
    var takeover: TakeoverConfiguration?
    var logLevel: Logger.Level
    /// Where all this is from.
    var sources = SettingSources()

    /// How the server came by its name.
    enum HostnameOrigin: Hashable {
        case flag
        /// The host of `-a`, or loopback in development.
        case listenAddress
        /// Nothing was said, so it is the machine's own name.
        case machine
    }
}
