import Foundation
import TestSupport
import Testing

@Suite("DERPServer check: broken relays", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct BrokenRelayTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    /// A server with a certificate of its own for 127.0.0.1, valid for so many seconds.
    private func server(lifetime: Int = 90 * 86400) throws -> ServerProcess {
        try GeneratedCertificate.write(to: self.directory, hostname: "127.0.0.1", expiry: lifetime)
        return try ServerProcess(ServerOptions(certificate: .manual, directory: self.directory))
    }

    private var authority: [String] { ["--ca-file", self.directory.file("127.0.0.1.crt").path] }

    private func check(_ server: ServerProcess, _ more: [String], keeping party: AnyObject? = nil) throws -> CheckRun {
        let arguments = ["https://127.0.0.1:\(server.port)", "--http-port", String(server.ports.helper)]
        return try CheckRun(arguments + ["--stun-port=-1"] + more, keeping: [server] + (party.map { [$0] } ?? []))
    }

    @Test("A certificate that is trusted, but for another name")
    func otherName() throws {
        let server = try self.server()
        let right = try self.check(server, self.authority)
        #expect(right.status == .code(0), "\(right.output)")
        let wrong = try self.check(server, self.authority + ["--cert-name", "relay.test"])
        #expect(wrong.status == .code(1))
        #expect(wrong.findings("error") == ["the certificate is for 127.0.0.1, not for relay.test"])
    }

    @Test("A certificate that nobody vouches for")
    func untrusted() throws {
        let check = try self.check(self.server(), [])
        #expect(check.status == .code(1))
        #expect(check.findings("error").count == 1)
        #expect(check.findings("error").first?.contains("self-signed certificate") == true)
        #expect(check.output.contains("→ Clients trust it only when it is pinned: CertName sha256-raw:"))
    }

    @Test("A certificate that expires, and then has")
    func expired() throws {
        let server = try self.server(lifetime: 8)
        let soon = try self.check(server, self.authority)
        #expect(soon.findings("warning").contains("the certificate expires in 0 days"))
        try eventually("it expires", within: .seconds(30)) {
            let check = try self.check(server, self.authority)
            // One during which it expires has more to say.
            return check.status == .code(1)
                && check.findings("error") == ["the certificate has expired 0 days ago"]
        }
    }

    @Test("Another certificate than the pinned one")
    func pin() throws {
        let server = try self.server()
        let der = try #require(try server.connect().tls?.peerCertificates.first)
        let pin = "sha256-raw:" + (try CertificateInspection(der).fingerprint)
        #expect(try self.check(server, ["--cert-name", pin]).status == .code(0))
        let wrong = try self.check(server, ["--cert-name", "sha256-raw:" + String(repeating: "0", count: 64)])
        #expect(wrong.status == .code(1))
        #expect(wrong.findings("error") == ["the certificate is not the pinned one"])
        #expect(wrong.output.contains("set CertName to \(pin)."))
    }

    @Test("STUN that says nothing, beside a DERP port that answers")
    func silentSTUN() throws {
        let silence = try PortReservation(.udp)
        let server = try self.server()
        let check = try self.check(
            server,
            self.authority + ["--stun-port", String(silence.port), "--timeout", "500ms"],
            keeping: silence
        )
        #expect(check.status == .code(1))
        #expect(
            check.findings("error") == [
                "the DERP port answers, but STUN doesn't: no STUN answer over IPv4"
            ]
        )
    }

    @Test("A closed DERP port beside STUN that answers")
    func closedPort() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true, hasSTUN: true))
        let reservation = try PortReservation(.tcp)
        let port = reservation.port
        reservation.release()
        let check = try CheckRun(
            "https://127.0.0.1:\(port)",
            "--stun-port",
            String(server.ports.stun),
            "--http-port",
            String(server.ports.helper)
        )
        #expect(check.status == .code(1))
        #expect(check.findings("error").count == 1)
        #expect(check.findings("error").first?.hasSuffix("Connection refused") == true)
        #expect(check.output.contains("STUN answers there, so the host is up: look at TCP port \(port)."))
    }

    @Test("Two relays behind one address")
    func loadBalancer() throws {
        let servers = try (0..<2).map { _ in try ServerProcess(.plain) }
        defer { withExtendedLifetime(servers) {} }
        let balancer = try LoadBalancer(for: servers.map(\.port))
        let check = try CheckRun(
            "http://127.0.0.1:\(balancer.port)",
            "--stun-port=-1",
            "--timeout",
            "1s",
            keeping: servers + [balancer]
        )
        #expect(check.status == .code(1))
        let errors = check.findings("error")
        #expect(errors.contains("2 server keys over 5 connections: is there a load balancer in between?"))
    }

    @Test("Two relays of a region that know nothing of each other")
    func apart() throws {
        let servers = try (0..<2).map { _ in try ServerProcess(ServerOptions()) }
        defer { withExtendedLifetime(servers) {} }
        let nodes = try servers.enumerated().map { index, server in
            let der = try #require(try server.connect().tls?.peerCertificates.first)
            return """
                {"Name":"7\(index)","RegionID":7,"HostName":"127.0.0.1","DERPPort":\(server.port),"STUNPort":-1,\
                "IPv6":"none","CertName":"sha256-raw:\(try CertificateInspection(der).fingerprint)"}
                """
        }
        let region = "{\"RegionID\":7,\"RegionCode\":\"x\",\"RegionName\":\"X\",\"Nodes\":["
        try self.directory.write("{\"Regions\":{\"7\":\(region)\(nodes.joined(separator: ","))]}}}", to: "map.json")
        let check = try CheckRun(
            "7",
            "--map",
            self.directory.file("map.json").path,
            "--timeout",
            "1s",
            keeping: servers
        )
        #expect(check.status == .code(1))
        #expect(check.findings("error") == ["no packet passes between 70 and 71"])
    }

    @Test("A server that takes connections and says nothing", arguments: ["http", "https"])
    func hung(scheme: String) throws {
        let silence = try PortReservation(.tcp)
        let check = try CheckRun(
            "\(scheme)://127.0.0.1:\(silence.port)",
            "--stun-port=-1",
            "--timeout",
            "300ms",
            "--http-port",
            String(silence.port)
        )
        #expect(check.status == .code(1))
        #expect(check.findings("error").count == 1)
        #expect(check.findings("error").first?.contains("took too long") == true)
        #expect(check.time < .seconds(10))
    }

    @Test("A server that doesn't relay, over TLS: it is said to answer with HTTP, and the hint says what to look for")
    func relayingIsOff() throws {
        let server = try ServerProcess(ServerOptions().with { $0.flags = ["-derp=false"] })
        let check = try CheckRun(of: server)
        #expect(check.status == .code(1))
        let errors = check.findings("error")
        #expect(errors.contains("IPv4: the server answers with HTTP status 404 and does not relay"), "\(check.output)")
        #expect(errors.allSatisfy { !$0.contains("a frame of") })
        #expect(check.output.contains("Relaying may be off there (-derp=false)"))
    }

    @Test("A web server that is no relay")
    func noRelay() throws {
        let server = try ServerProcess(ServerOptions(certificate: .none, flags: ["-derp=false"]))
        let check = try CheckRun("http://127.0.0.1:\(server.port)", "--stun-port=-1", keeping: [server])
        #expect(check.status == .code(1))
        #expect(check.findings("error") == ["IPv4: the server answers with HTTP status 404 and does not relay"])
    }
}
