import CDERPOpenSSL
import Foundation
import TestSupport
import Testing

@testable import AsyncSockets

/// Our records and other programs' over loopback.
@Suite(.blocking, .light) struct InteroperationTests {
    private static let suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]

    /// Sends back what comes, under TLS, and expects our own records or OpenSSL's.
    private func echoServer(ownRecords: Bool = true) async throws -> TestServer {
        let tls = try TestCertificate.server()
        return try await TestServer { stream in
            stream.setDeadline(.seconds(30))
            try await stream.startTLS(tls)
            #expect((stream.layer is TLSRecordLayer) == ownRecords)
            try await stream.echo()
        }
    }

    @Test("openssl s_client talks, and updates its key and ours, with each suite", arguments: suites)
    func openSSLClient(suite: String) async throws {
        let server = try await self.echoServer()
        let client = try Program(
            "openssl",
            ["s_client", "-connect", "\(server.address)", "-tls1_3", "-ciphersuites", suite, "-CAfile", "cert.pem"]
        )
        try await client.wait(for: "Verify return code: 0 (ok)")
        try client.write("first\n")
        try await client.wait(for: "\nfirst\n")
        for round in 1...3 {
            try client.write("K\n")
            try await client.wait(for: "KEYUPDATE", count: 2 * round - 1)
            try client.write("asked \(round)\n")
            try await client.wait(for: "asked \(round)\n")
            try client.write("k\n")
            try await client.wait(for: "KEYUPDATE", count: 2 * round)
            try client.write("told \(round)\n")
            try await client.wait(for: "told \(round)\n")
        }
        try client.write("Q\n")
        #expect(try await client.waitForExit() == .code(0))
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test(
        "openssl s_client talks TLS 1.2, or takes small records, with OpenSSL's",
        arguments: [["-tls1_2"], ["-maxfraglen", "512"]]
    )
    func openSSLClientOfOpenSSL(options: [String]) async throws {
        let server = try await self.echoServer(ownRecords: false)
        let client = try Program("openssl", ["s_client", "-connect", "\(server.address)", "-quiet"] + options)
        try client.write(String(repeating: "0123456789", count: 300) + "end\n")
        try await client.wait(for: "789end\n")
        await server.close()
    }

    @Test("We talk to openssl s_server, which sends tickets and updates its key and ours", arguments: suites)
    func openSSLServer(suite: String) async throws {
        let server = try Program(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-ciphersuites", suite]
        )
        try await server.wait(for: "ACCEPT 127.0.0.1:")
        let line = try #require(server.text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") })
        let address = try #require(IPEndpoint(String(line.dropFirst("ACCEPT ".count))))
        let group = try IOLoopGroup(count: 1)
        let tls = try TestCertificate.client()
        try await group.loops[0].attempt(within: .seconds(60)) {
            let stream = try await TCPStream.connect(to: address, on: group.loops[0])
            defer { stream.close() }
            stream.setDeadline(.seconds(30))
            try await stream.startTLS(tls)
            #expect(stream.layer is TLSRecordLayer)
            try await stream.write(Array("from the client\n".utf8))
            try await server.wait(for: "from the client\n")
            for round in 1...3 {
                for command in ["K", "k"] {
                    try server.write("to the client\n")
                    #expect(try await stream.read(14) == Array("to the client\n".utf8))
                    try server.write("\(command)\n")
                    // The numbers begin again with the next key.
                    while let layer = stream.layer as? TLSRecordLayer, layer.reading.sequence != 0 {
                        guard case .wouldBlock = stream.receive() else { continue }
                        await stream.waitUntilReadable()
                        if let failure = stream.failure { throw failure }
                    }
                    try await stream.write(Array("\(command) was answered, round \(round)\n".utf8))
                    try await server.wait(for: "\(command) was answered, round \(round)\n")
                }
            }
            try server.write("Q\n")
            #expect(try await stream.next() == nil)
            await stream.finish()
        }
        #expect(try await server.waitForExit() == .code(0))
    }

    @Test(
        "Python sends and takes a megabyte, closes with close_notify and gets ours, under each version",
        arguments: ["3", "2"]
    )
    func python(version: String) async throws {
        let server = try await self.echoServer(ownRecords: version == "3")
        let script = """
            import socket, ssl, sys
            context = ssl.create_default_context(cafile="cert.pem")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_\(version)
            plain = socket.create_connection(("127.0.0.1", \(server.address.port)), 20)
            connection = context.wrap_socket(plain, server_hostname="localhost")
            data = bytes(i * 31 % 251 for i in range(1 << 20))
            received = b""
            # In turns: Python's connections must not be used by two threads.
            for start in range(0, len(data), 40_000):
                connection.sendall(data[start:start + 40_000])
                while len(received) < min(start + 40_000, len(data)):
                    piece = connection.recv(1 << 16)
                    if not piece: sys.exit("cut")
                    received += piece
            if received != data: sys.exit("changed")
            connection.unwrap().close()
            print("unwrapped")
            """
        let client = try Program("python3", ["-c", script])
        #expect(try await client.waitForExit() == .code(0), "\(client.text)")
        #expect(client.text == "unwrapped\n")
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("curl gets a page, and reports no error at the end", arguments: ["--tlsv1.3", "--tls-max=1.2"])
    func curl(option: String) async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            stream.setDeadline(.seconds(30))
            try await stream.startTLS(tls)
            var request: [UInt8] = []
            while !request.suffix(4).elementsEqual("\r\n\r\n".utf8), let bytes = try await stream.next() {
                request += bytes
            }
            try await stream.write(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8))
            for _ in 0..<100 { try await stream.write([UInt8](repeating: 0x61, count: 20_000)) }
            await stream.finish()
        }
        let arguments = option.split(separator: "=").map(String.init)
        let url = "https://localhost:\(server.address.port)/"
        let client = try Program(
            "curl",
            ["-sSf4", "--cacert", "cert.pem", "-o", "page", "-w", "%{size_download}", url] + arguments
        )
        #expect(try await client.waitForExit() == .code(0), "\(client.text)")
        #expect(client.text == "2000000")
        await server.close()
    }
}
