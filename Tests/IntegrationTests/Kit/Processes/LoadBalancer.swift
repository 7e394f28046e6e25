import Foundation
import TestSupport

/// HAProxy before several servers, to which it hands connections by turns.
final class LoadBalancer {
    let port: UInt16
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts it, and returns when it takes connections.
    init(for servers: [UInt16]) throws {
        self.directory = try TemporaryDirectory()
        let reservation = try PortReservation(.tcp)
        self.port = reservation.port
        let lines = servers.enumerated().map { "  server s\($0.offset) 127.0.0.1:\($0.element)" }
        try self.directory.write(
            """
            defaults
              mode tcp
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            listen relays
              bind 127.0.0.1:\(self.port)
              balance roundrobin
            \(lines.joined(separator: "\n"))

            """,
            to: "haproxy.cfg"
        )
        reservation.release()
        let file = self.directory.file("haproxy.cfg").path
        let process = try ChildProcess(
            ["/usr/sbin/haproxy", "-db", "-f", file],
            directory: self.directory.url,
            name: "haproxy"
        )
        self.process = process
        let port = self.port
        try eventually("HAProxy takes connections") {
            guard !process.hasEnded else { throw KitError.closed("HAProxy ended at start:\n\(process.errors)") }
            return (try? TestSocket(port: port)) != nil
        }
    }
}
