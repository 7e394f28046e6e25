import AsyncSockets
import IPAddresses
import DERPKit
import Logging

/// All settings, checked: every value is in range, and none contradicts another. Nothing is read or opened yet.
struct ServerSettings {
    var listen: ListenAddress
    var transport: Transport
    /// The private key's file; `nil` means a new key.
    var keyFile: String?
    /// The names and IP addresses that clients connect to, at least one.
    var hostnames: [String]
    /// The first of ``hostnames``, which is in the map.
    var hostname: String { self.hostnames[0] }
    /// Where ``hostnames`` come from.
    var hostnameOrigin: HostnameOrigin
    /// Where plain HTTP is served beside TLS.
    var plainHTTP: ListenAddress?
    /// Where STUN is answered; `nil` means nowhere.
    var stun: STUNSettings?
    var isRelayEnabled: Bool
    var homePage: RelayServer.Configuration.HomePage
    var tcpKeepAlive: Duration
    var tcpUserTimeout: Duration
    var writeTimeout: Duration
    var queueDelayLimit: Duration
    var loopCount: Int?
    var loopWaiting: IOLoop.Waiting
    var region: RegionSettings
    /// What the map is made of besides this server's region.
    var mapSources: RegionMap.Sources
    /// Authorities to trust besides the system's, for all connections.
    var caFile: String?
    var bootstrapNames: BootstrapNames
    var debugNetworks: [IPNetwork]
    var admission: AdmissionSettings
    var limits: LimitSettings
    var proxies: ProxyTrust
    var mesh: MeshSettings
    /// How the server takes over from another one; `nil` means that it doesn't.
    var takeover: TakeoverConfiguration?
    var logLevel: Logger.Level
    /// Where all this comes from.
    var sources = SettingSources()

    /// Where the server's name comes from.
    enum HostnameOrigin: Hashable {
        case flag
        /// The host of `-a`, or loopback in development.
        case listenAddress
        /// The machine's own name, because none was given.
        case machine
    }
}
