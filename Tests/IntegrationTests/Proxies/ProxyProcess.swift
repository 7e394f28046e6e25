import Foundation
import TestSupport

/// A real reverse proxy on a free loopback port, in front of a server. It connects to the server from
/// ``ProxyProcess/host``, so that its connections can be told from a test's own.
final class ProxyProcess {
    /// What stands in front, and how it tells of clients.
    enum Kind: String, CaseIterable, Sendable {
        case nginxStream = "nginx, TLS passed through, PROXY 1"
        case haproxyLine = "HAProxy, TLS passed through, PROXY 1"
        case haproxyBinary = "HAProxy, TLS passed through, PROXY 2, health checks"
        case nginxHTTP = "nginx, TLS ended, X-Forwarded-For"
        case nginxRealIP = "nginx, TLS ended, X-Real-IP"
        case haproxyHTTP = "HAProxy, TLS ended, X-Forwarded-For"

        var endsTLS: Bool {
            switch self {
            case .nginxStream, .haproxyLine, .haproxyBinary: false
            case .nginxHTTP, .nginxRealIP, .haproxyHTTP: true
            }
        }

        fileprivate var isNginx: Bool { self == .nginxStream || self == .nginxHTTP || self == .nginxRealIP }

        /// How a server is started that trusts such a proxy.
        var serverOptions: ServerOptions {
            var options = ServerOptions(certificate: self.endsTLS ? .none : .selfSigned)
            options.flags = ["--trusted-proxies", "127.0.0.\(ProxyProcess.host)"]
            if !self.endsTLS { options.flags.append("--proxy-protocol") }
            return options
        }
    }

    /// The last byte of the address, 127.0.0.x, that the proxy connects from.
    static let host: UInt8 = 7

    let port: UInt16
    private let process: ChildProcess
    private let directory: TemporaryDirectory

    init(_ kind: Kind, for server: ServerProcess) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1")
        let certificate = try ["crt", "key"].map { try directory.contents(of: "127.0.0.1.\($0)") }
        try directory.write(certificate.joined(), to: "both.pem")
        let reservation = try PortReservation(.tcp)
        self.port = reservation.port
        let place = Place(directory: self.directory.url.path, port: reservation.port, server: server.port)
        let text = kind.isNginx ? NginxFrontend.configuration(kind, place) : HAProxyFrontend.configuration(kind, place)
        try self.directory.write(text, to: "proxy.conf")
        let file = self.directory.file("proxy.conf").path
        reservation.release()
        self.process = try ChildProcess(
            kind.isNginx
                ? ["/usr/sbin/nginx", "-p", place.directory, "-c", file, "-e", "stderr"]
                : ["/usr/sbin/haproxy", "-f", file, "-db"],
            directory: self.directory.url,
            name: "proxy"
        )
        try eventually("the proxy listens", within: .seconds(30)) {
            guard !self.process.hasEnded else { throw KitError.closed("the proxy ended:\n\(self.process.errors)") }
            return (try? Connection(port: self.port, security: .plain)) != nil
        }
    }

    deinit {
        // In order, so that nginx takes its workers with it.
        self.process.send(signal: SIGTERM)
        _ = try? self.process.waitForExit(within: .seconds(5))
    }

    /// Connects through the proxy, with TLS, from 127.0.0.`host`.
    func connect(from host: UInt8) throws -> Connection {
        try Connection(port: self.port, from: host, security: .tls13)
    }

    /// Where things are.
    struct Place {
        let directory: String
        let port: UInt16
        let server: UInt16
    }
}
