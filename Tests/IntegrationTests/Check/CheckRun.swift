import Foundation
import TestSupport

/// `DERPServer check`, run to its end.
struct CheckRun {
    let status: ProcessExit
    let output: String
    let errors: String
    let time: Duration

    /// - Parameters:
    ///   - arguments: are added to a time limit for each step, which they may replace.
    ///   - parties: live until the check has ended.
    init(_ arguments: String..., keeping parties: [AnyObject] = []) throws {
        try self.init(arguments, keeping: parties)
    }

    /// Checks `server`, whose certificate is pinned.
    init(of server: ServerProcess, _ more: String...) throws {
        try self.init(server.checkArguments() + more, keeping: [server])
    }

    init(_ arguments: [String], keeping parties: [AnyObject]) throws {
        defer { withExtendedLifetime(parties) {} }
        let directory = try TemporaryDirectory()
        let start = ContinuousClock.now
        let process = try ChildProcess(
            [BuiltProducts.server, "check", "--timeout", "5s"] + arguments,
            directory: directory.url,
            name: "check"
        )
        self.status = try process.waitForExit(within: .seconds(30))
        self.time = .now - start
        self.output = process.output
        self.errors = process.errors
    }

    /// The lines that begin with `severity`, without it.
    func findings(_ severity: String) -> [String] {
        self.output.split(separator: "\n").compactMap { line in
            let words = line.drop { $0 == " " }
            return words.hasPrefix(severity + " ") && line.hasPrefix("  ")
                ? String(words.dropFirst(severity.count).drop { $0 == " " }) : nil
        }
    }
}

extension ServerProcess {
    /// How a check is told of the relay, when its certificate is to be pinned.
    func checkArguments() throws -> [String] {
        let der = try self.connect().tls?.peerCertificates.first
        let pin = try der.map { "sha256-raw:" + (try CertificateInspection($0).fingerprint) } ?? ""
        let scheme = self.options.certificate == .none ? "http" : "https"
        return [
            "\(scheme)://\(self.options.address.withPort(self.port))", "--cert-name", pin,
            "--stun-port", self.options.hasSTUN ? String(self.ports.stun) : "-1",
            "--http-port", String(self.ports.helper),
        ]
    }
}
