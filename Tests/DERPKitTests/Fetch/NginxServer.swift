import Foundation
import TestSupport

@testable import DERPKit

/// A real web server on loopback, with HTTP and HTTPS, an authority of its own, and pages that go wrong on purpose.
final class NginxServer {
    let directory: TemporaryDirectory
    private var process: ChildProcess?
    private let httpPort: UInt16
    private let httpsPort: UInt16

    struct Failure: Error {}

    /// `files`: what is served, by name.
    init(files: [String: String] = [:]) async throws {
        self.directory = try TemporaryDirectory()
        (self.httpPort, self.httpsPort) = (try Self.freePort(), try Self.freePort())
        let certificates = try TestAuthority.shared.get()
        for (name, text) in certificates.files.merging(files, uniquingKeysWith: { $1 }) {
            try self.directory.write(text, to: name)
        }
        try self.directory.write(String(repeating: "slow", count: 1000), to: "slow.txt")
        for name in ["slow-allow", "slow.json"] {
            try self.directory.write("{\"Allow\":true}" + String(repeating: " ", count: 2000), to: name)
        }
        try self.directory.write("<!--# echo var=\"none\" default=\"chunky\" -->", to: "chunked.shtml")
        try self.directory.write(self.configuration, to: "nginx.conf")
        try await self.start()
    }

    /// Starts again what was stopped, on the same ports.
    func start() async throws {
        let path = self.directory.path
        self.process = try ChildProcess(
            // Debian's place for it; only root looks there by itself.
            ["/usr/sbin/nginx", "-p", path, "-c", "\(path)/nginx.conf", "-e", "\(path)/log"],
            directory: URL(filePath: path),
            name: "nginx"
        )
        try await self.waitUntilReady()
    }

    deinit { self.stop() }

    /// Stops answering: its ports then refuse connections.
    func stop() {
        self.process?.send(signal: SIGTERM)
        _ = try? self.process?.waitForExit()
        self.process = nil
    }

    func http(_ path: String) -> String { "http://127.0.0.1:\(self.httpPort)\(path)" }
    func https(_ path: String, host: String = "localhost") -> String { "https://\(host):\(self.httpsPort)\(path)" }

    /// The authority that vouches for the server, as PEM.
    var authorityPEM: String {
        get throws { try FileReader.text(at: self.directory.file("ca.crt"), limit: 1 << 20) }
    }

    private var configuration: String {
        """
        daemon off;
        worker_processes 1;
        pid \(self.directory.path)/nginx.pid;
        \(getuid() == 0 ? "user root;" : "")
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path \(self.directory.path)/body;
          proxy_temp_path \(self.directory.path)/proxy;
          fastcgi_temp_path \(self.directory.path)/fastcgi;
          uwsgi_temp_path \(self.directory.path)/uwsgi;
          scgi_temp_path \(self.directory.path)/scgi;
          absolute_redirect off;
          server {
            listen 127.0.0.1:\(self.httpPort);
            listen 127.0.0.1:\(self.httpsPort) ssl;
            listen 127.0.0.2:\(self.httpsPort) ssl;
            ssl_certificate \(self.directory.path)/server.crt;
            ssl_certificate_key \(self.directory.path)/server.key;
            root \(self.directory.path);
            location = /chunked.shtml { ssi on; ssi_types *; }
            location = /slow.txt { limit_rate 20; }
            location = /500 { return 500 "broken"; }
            location = /loop { return 302 /loop; }
            location ~ ^/hop1/(.*)$ { return 301 ../$1; }
            location ~ ^/hop2/(.*)$ { return 307 /hop1/$1; }
            location ~ ^/hop5/(.*)$ { return 302 /hop4/$1; }
            location ~ ^/hop4/(.*)$ { return 303 /hop3/$1; }
            location ~ ^/hop3/(.*)$ { return 308 /hop2/$1; }
            location ~ ^/hop6/(.*)$ { return 302 /hop5/$1; }
            location = /downgrade { return 302 http://127.0.0.1:\(self.httpPort)/page.txt; }
            location = /upgrade { return 302 https://localhost:\(self.httpsPort)/page.txt; }
            location = /elsewhere { return 302 ftp://127.0.0.1/; }
            location = /allow { return 200 '{"Allow":true}'; }
            location = /deny { return 200 '{"Allow":false}'; }
            location = /slow-allow { error_page 405 =200 /slow.json; }
            location = /slow.json { limit_rate 20; }
            location = /echo { return 200 "$request_method $http_content_length $http_x_asked $http_host"; }
          }
        }
        """
    }

    private func waitUntilReady() async throws {
        try await waitUntil("nginx serves") {
            guard self.process?.hasEnded == false else { throw Failure() }
            return Self.connects(to: self.httpPort) && Self.connects(to: self.httpsPort)
        }
    }

    private static func connects(to port: UInt16) -> Bool {
        Self.withLoopback(port) { descriptor, address, size in connect(descriptor, address, size) == 0 }
    }

    private static func freePort() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = PortNumbers.next()
            let isFree = Self.withLoopback(port) { bind($0, $1, $2) == 0 && listen($0, 1) == 0 }
            if isFree { return port }
        }
        throw Failure()
    }

    private static func withLoopback(
        _ port: UInt16,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                body(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
