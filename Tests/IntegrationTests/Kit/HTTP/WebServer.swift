import Foundation
import TestSupport

/// nginx on a free loopback port, which serves the files of a directory of its own over plain HTTP.
final class WebServer {
    private let directory: TemporaryDirectory
    private let port: UInt16
    private let process: ChildProcess

    init() throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        let reservation = try PortReservation(.tcp)
        self.port = reservation.port
        let path = directory.url.path
        try directory.write(
            """
            daemon off;
            worker_processes 1;
            pid \(path)/nginx.pid;
            \(getuid() == 0 ? "user root;" : "")
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path \(path)/body;
              proxy_temp_path \(path)/proxy;
              fastcgi_temp_path \(path)/fastcgi;
              uwsgi_temp_path \(path)/uwsgi;
              scgi_temp_path \(path)/scgi;
              server { listen 127.0.0.1:\(reservation.port); root \(path); }
            }
            """,
            to: "nginx.conf"
        )
        reservation.release()
        self.process = try ChildProcess(
            ["/usr/sbin/nginx", "-p", path, "-c", "\(path)/nginx.conf", "-e", "stderr"],
            directory: directory.url,
            name: "nginx"
        )
        try eventually("nginx listens", within: .seconds(30)) {
            guard !self.process.hasEnded else { throw KitError.closed("nginx ended:\n\(self.process.errors)") }
            return (try? Connection(port: self.port, security: .plain)) != nil
        }
    }

    deinit {
        // In order, so that nginx takes its workers with it.
        self.process.send(signal: SIGTERM)
        _ = try? self.process.waitForExit(within: .seconds(5))
    }

    /// Puts `text` there as `name`, and returns its URL.
    func publish(_ text: String, as name: String) throws -> String {
        try self.directory.write(text, to: name)
        return "http://127.0.0.1:\(self.port)/\(name)"
    }
}
