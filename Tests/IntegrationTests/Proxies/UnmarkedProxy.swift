import Foundation
import TestSupport

/// A real reverse proxy for plain HTTP, of the least that its manual asks for: it is on the server's machine and, but for Caddy,
/// says nothing of whom it is asked by.
final class UnmarkedProxy {
    enum Kind: String, CaseIterable, Sendable {
        case nginx = "nginx: proxy_pass"
        case nginxKeepAlive = "nginx: HTTP/1.1 with keep-alive"
        case nginxHost = "nginx: the client's Host"
        case haproxyHTTP = "HAProxy: mode http"
        case haproxyTCP = "HAProxy: mode tcp"
        case caddy = "Caddy: reverse_proxy"
    }

    let port: UInt16
    private let process: ChildProcess
    private let directory: TemporaryDirectory

    init(_ kind: Kind, for server: ServerProcess) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        let reservation = try PortReservation(.tcp)
        self.port = reservation.port
        try directory.write(
            Self.configuration(kind, path: directory.url.path, port: reservation.port, server: server.port),
            to: "proxy.conf"
        )
        let file = directory.file("proxy.conf").path
        reservation.release()
        self.process = try ChildProcess(
            Self.command(kind, path: directory.url.path, file: file),
            directory: directory.url,
            name: "proxy"
        )
        try eventually("the proxy listens", within: .seconds(30)) {
            guard !self.process.hasEnded else { throw KitError.closed("the proxy ended:\n\(self.process.errors)") }
            return (try? Connection(port: self.port, security: .plain)) != nil
        }
    }

    deinit {
        self.process.send(signal: SIGTERM)
        _ = try? self.process.waitForExit(within: .seconds(5))
    }

    /// The answer to a request through the proxy.
    func answer(to request: HTTPRequest) throws -> HTTPResponse {
        try request.send(over: Connection(port: self.port, security: .plain))
    }

    private static func command(_ kind: Kind, path: String, file: String) -> [String] {
        switch kind {
        case .nginx, .nginxKeepAlive, .nginxHost: ["/usr/sbin/nginx", "-p", path, "-c", file, "-e", "stderr"]
        case .haproxyHTTP, .haproxyTCP: ["/usr/sbin/haproxy", "-f", file, "-db"]
        case .caddy: ["env", "HOME=\(path)", "/usr/bin/caddy", "run", "--config", file, "--adapter", "caddyfile"]
        }
    }

    private static func configuration(_ kind: Kind, path: String, port: UInt16, server: UInt16) -> String {
        switch kind {
        case .nginx: self.nginx("", path, port, server)
        case .nginxKeepAlive:
            self.nginx(#"proxy_http_version 1.1; proxy_set_header Connection "";"#, path, port, server)
        case .nginxHost: self.nginx("proxy_http_version 1.1; proxy_set_header Host $host;", path, port, server)
        case .haproxyHTTP: self.haproxy("http", port, server)
        case .haproxyTCP: self.haproxy("tcp", port, server)
        case .caddy:
            """
            {
              admin off
              auto_https off
            }
            http://127.0.0.1:\(port) {
              reverse_proxy 127.0.0.1:\(server)
            }

            """
        }
    }

    private static func nginx(_ more: String, _ path: String, _ port: UInt16, _ server: UInt16) -> String {
        """
        daemon off;
        worker_processes 1;
        pid \(path)/nginx.pid;
        \(getuid() == 0 ? "user root;" : "")
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path \(path)/body;
          proxy_temp_path \(path)/temp;
          fastcgi_temp_path \(path)/fastcgi;
          uwsgi_temp_path \(path)/uwsgi;
          scgi_temp_path \(path)/scgi;
          server {
            listen 127.0.0.1:\(port);
            location / { proxy_pass http://127.0.0.1:\(server); \(more) }
          }
        }
        """
    }

    private static func haproxy(_ mode: String, _ port: UInt16, _ server: UInt16) -> String {
        """
        defaults
          mode \(mode)
          timeout connect 5s
          timeout client 30s
          timeout server 30s
        listen relay
          bind 127.0.0.1:\(port)
          server relay 127.0.0.1:\(server)

        """
    }
}
