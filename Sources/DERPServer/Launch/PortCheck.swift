import Logging
import IPAddresses
import DERPKit
import Glibc

/// Checks whether a start could listen on its addresses, by binding to each for a moment without listening.
///
/// A port in use is a warning, not an error: the server that listens now may be the one that a start replaces.
struct PortCheck {
    private struct Place {
        let flag: Flag
        let address: IPEndpoint
        let isStream: Bool
    }

    private let places: [Place]
    /// Whether there may be a server that would hand over its sockets.
    private let mayTakeOver: Bool

    /// - Parameter stunFlag: the flag that says where STUN listens.
    init(_ configuration: RelayServer.Configuration, stunFlag: Flag?) {
        self.places =
            configuration.addresses.map { Place(flag: Flag[\.listening.address], address: $0, isStream: true) }
            + configuration.plainHTTPAddresses.map {
                Place(flag: Flag[\.listening.httpPort], address: $0, isStream: true)
            }
            + configuration.stunAddresses.map {
                Place(flag: stunFlag ?? Flag[\.listening.stunPort], address: $0, isStream: false)
            }
        self.mayTakeOver = configuration.takeover.map { access($0.path, F_OK) == 0 } ?? false
    }

    /// Warns of ports in use.
    ///
    /// - Throws: ``StartError`` for an address that this machine lacks, or a port that this user may not take.
    func perform() throws(StartError) -> [Notice] {
        var notices = [Notice]()
        for place in self.places where place.address.port != 0 || !place.address.ip.isUnspecified {
            guard let code = Self.bind(place) else { continue }
            let kind = place.isStream ? "TCP" : "UDP"
            switch code {
            case EADDRINUSE where self.mayTakeOver: continue
            case EADDRINUSE:
                notices.append(
                    .warning(
                        "A port is in use: a start would fail now",
                        ["setting": "\(place.flag.spelling)", "address": "\(kind) \(place.address)"]
                    )
                )
            default:
                let reason = String(cString: strerror(code)).lowercasedASCII
                throw StartError(place.flag, "can't listen on \(kind) \(place.address): \(reason)")
            }
        }
        return notices
    }

    /// - Returns: Why it isn't possible, as in `errno`; `nil` if it is.
    private static func bind(_ place: Place) -> Int32? {
        var address = place.address
        var descriptor = Self.socket(address, isStream: place.isStream)
        if descriptor < 0, errno == EAFNOSUPPORT, address.ip == .anyIPv6 {
            address.ip = .anyIPv4
            descriptor = Self.socket(address, isStream: place.isStream)
        }
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // As for a start, so that lingering connections don't count. Nor does this socket for a server that starts
        // meanwhile.
        if place.isStream { Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
        if address.ip.family == .ipv6 { Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        return address.withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0 ? nil : errno
    }

    private static func socket(_ address: IPEndpoint, isStream: Bool) -> Int32 {
        let type = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return Glibc.socket(address.ip.family == .ipv4 ? AF_INET : AF_INET6, type, 0)
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
