import IPAddresses
import Foundation
import Glibc
import TestSupport
import Testing

@testable import DERPServer

@Suite("How the process ends", .blocking, .light, .serialized)
struct ExitTests {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("derp-server-\(UUID())").path

    private var quiet: [String] {
        [
            "-a=127.0.0.1:0", "-http-port=0", "-stun-port=0", "-c=\(self.directory)/key", "-certdir=\(self.directory)",
            "--loops=1",
        ]
    }

    private func remove() { try? FileManager.default.removeItem(atPath: self.directory) }

    @Test(
        "64 and one line for a mistake on the command line",
        arguments: ["-strun", "-stun-port=x", "-mesh-with=a,", "serve"]
    )
    func usage(argument: String) throws {
        let end = try ServerProcess([argument]).wait()
        #expect(end.status == .code(64) && end.output == "")
        #expect(end.errors.hasPrefix("DERPServer: ") && end.errors.filter { $0 == "\n" }.count == 1)
    }

    @Test("0 for -version and --help", arguments: ["-version", "--version", "-h", "--help"])
    func printing(argument: String) throws {
        let end = try ServerProcess([argument]).wait()
        #expect(end.status == .code(0) && end.errors == "" && end.output.contains("DERPServer"))
    }

    @Test("1 and a line that names the setting for a file that can't be used")
    func files() throws {
        defer { self.remove() }
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
        try "broken".write(toFile: "\(self.directory)/key", atomically: false, encoding: .utf8)
        let key = try ServerProcess(self.quiet).wait()
        #expect(key.status == .code(1) && key.errors.hasPrefix("DERPServer: -c: ") && !key.errors.contains("broken"))
        #expect(key.errors.filter { $0 == "\n" }.count == 1)

        let certificate = try ServerProcess(self.quiet + ["-c=\(self.directory)/key2", "-certmode=manual"]).wait()
        #expect(certificate.status == .code(1) && certificate.errors.hasPrefix("DERPServer: -certdir: "))

        let name = try ServerProcess(self.quiet + ["-c=\(self.directory)/key2", "-a=nowhere.invalid:1"]).wait()
        #expect(name.status == .code(1) && name.errors.hasPrefix("DERPServer: -a: "))
    }

    @Test("1 and a line that names the setting for a port that is taken")
    func ports() throws {
        defer { self.remove() }
        let taken = try TakenPort()
        for flag in ["-a=127.0.0.1:\(taken.number)", "-http-port=\(taken.number)", "-stun-port=\(taken.number)"] {
            let end = try ServerProcess(self.quiet + [flag]).wait()
            let name = try #require(flag.split(separator: "=").first)
            #expect(end.status == .code(1))
            #expect(end.errors.split(separator: "\n").last?.hasPrefix("DERPServer: \(name): ") == true, "\(end.errors)")
        }
    }

    @Test("0 within 5 s after SIGTERM and SIGINT", arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) throws {
        defer { self.remove() }
        let server = try ServerProcess(self.quiet)
        let line = try #require(try server.errorLine(containing: "Serving"))
        // What the kernel chose is told.
        #expect(line.contains("addresses=127.0.0.1:") && !line.contains("addresses=127.0.0.1:0 "))
        let clock = ContinuousClock()
        let start = clock.now
        server.send(signal)
        let end = try server.wait()
        #expect(end.status == .code(0))
        #expect(clock.now - start < .seconds(5))
        #expect(end.output.hasPrefix("CertName: sha256-raw:"))
    }

    @Test("plain HTTP is never served without a warning", arguments: ["-certmode=none"])
    func warning(argument: String) throws {
        defer { self.remove() }
        let server = try ServerProcess(self.quiet + [argument])
        let line = try #require(try server.errorLine(containing: "Plain HTTP"))
        #expect(line.contains("warning"))
        server.send(SIGTERM)
        #expect(try server.wait().status == .code(0))
    }
}

/// A port of loopback on which a test listens itself, over TCP and UDP.
private final class TakenPort {
    let number: UInt16
    private let sockets: [Int32]

    struct Failure: Error {}

    init() throws {
        for _ in 0..<20 {
            let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard let port = Self.bind(tcp, port: 0), listen(tcp, 1) == 0, Self.bind(udp, port: port) != nil else {
                close(tcp)
                close(udp)
                continue
            }
            self.number = port
            self.sockets = [tcp, udp]
            return
        }
        throw Failure()
    }

    deinit { self.sockets.forEach { close($0) } }

    private static func bind(_ socket: Int32, port: UInt16) -> UInt16? {
        let result = IPEndpoint(.loopbackIPv4, port: port).withSockaddr { Glibc.bind(socket, $0, $1) }
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        guard result == 0, named == 0 else { return nil }
        return IPEndpoint(storage)?.port
    }
}
