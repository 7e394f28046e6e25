import CDERPOpenSSL
import Testing

@testable import AsyncSockets

@Suite("TLS handshake")
struct TLSHandshakeTests {
    @Test("a client that says nothing fails the handshake when the deadline passes, and the loop continues")
    func silentClient() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            stream.setDeadline(.milliseconds(50))
            try await stream.startTLS(tls)
        }
        let client = try RawSocket.connect(to: server.address)
        let outcome = try await server.nextOutcome()
        #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .timeout }
        try await server.group.loops[0].attempt {}
        #expect(try client.receiveAll().isEmpty)
        await server.close()
    }

    @Test("a client that doesn't speak TLS is recognised and can be answered in plain text")
    func notTLS() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            do {
                try await stream.startTLS(tls)
            } catch {
                try await stream.write(Array("plain".utf8))
                await stream.finish()
                throw error
            }
        }
        let client = try RawSocket.connect(to: server.address)
        try client.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(try client.receiveAll() == Array("plain".utf8))
        let outcome = try await server.nextOutcome()
        #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .notTLS }
        await server.close()
    }

    @Test("garbage that begins like TLS fails with code tls, and the peer gets an alert")
    func garbage() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            do {
                try await stream.startTLS(tls)
            } catch {
                await stream.finish()
                throw error
            }
        }
        let client = try RawSocket.connect(to: server.address)
        try client.send([22, 3, 1, 0, 4, 9, 9, 9, 9])
        client.shutdownWriting()
        // RFC 8446 §5.1: ContentType alert.
        #expect(try client.receiveAll().first == 21)
        let outcome = try await server.nextOutcome()
        #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .tls }
        await server.close()
    }

    private func connect(_ verification: TLSContext.Verification, serverName: String?) async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            try await stream.startTLS(tls)
            await stream.finish()
        }
        let client = try TestCertificate.client(verification)
        let loop = server.group.loops[0]
        let address = server.address
        try await loop.attempt {
            let stream = try await TCPStream.connect(to: address, on: loop)
            defer { stream.close() }
            try await stream.startTLS(client, serverName: serverName)
        }
        await server.close()
    }

    @Test("a client that pins accepts the certificate with that SHA-256, and no other")
    func pinned() async throws {
        try await self.connect(.pinned(TestCertificate.pin), serverName: nil)
        var wrong = TestCertificate.pin
        wrong[31] ^= 1
        for pin in [wrong, [], Array(TestCertificate.pin.dropLast())] {
            await #expect { try await self.connect(.pinned(pin), serverName: nil) } throws: {
                ($0 as? SocketError)?.code == .tls
            }
        }
    }

    @Test("a client that trusts the system refuses a self-signed certificate, and one that trusts all takes it")
    func untrusted() async throws {
        try await self.connect(.none, serverName: "elsewhere.example")
        for name in ["localhost", "127.0.0.1", nil] {
            await #expect { try await self.connect(.system, serverName: name) } throws: {
                ($0 as? SocketError)?.code == .tls
            }
        }
    }

    @Test("a certificate is not verified without a name, or with one that can't be one, rather than for any name")
    func unverifiableName() async throws {
        for name in [nil, String(repeating: "a", count: 300)] {
            await #expect { try await self.connect(.system, serverName: name) } throws: {
                ($0 as? SocketError)?.message.contains("server's name") == true
            }
        }
    }

    private static func leaveError() {
        [UInt8](repeating: 0, count: 4).withUnsafeBufferPointer { bytes in
            var pointer = bytes.baseAddress
            #expect(d2i_X509(nil, &pointer, bytes.count) == nil)
        }
    }

    @Test("what one session leaves in OpenSSL's error queue fails no other on the loop")
    func errorQueue() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            Self.leaveError()
            try await stream.startTLS(tls)
            Self.leaveError()
            try await stream.echo()
        }
        let client = try TestCertificate.client()
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        let echoed = try await loop.attempt {
            let stream = try await TCPStream.connect(to: server.address, on: loop)
            try await stream.startTLS(client)
            try await stream.write([1])
            let echoed = try await stream.read(1)
            await stream.finish()
            return echoed
        }
        #expect(echoed == [1])
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("a client that sends in the same breath as its last handshake message loses nothing")
    func earlyApplicationData() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            try await stream.startTLS(tls)
            try await stream.echo()
        }
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        for versions in [TLSContext.Versions.tls12, .tls13] {
            let client = try TestCertificate.client(.none, versions)
            let echoed = try await loop.attempt {
                let stream = try await TCPStream.connect(to: server.address, on: loop)
                defer { stream.close() }
                try await stream.startTLS(client)
                try await stream.write([1, 2, 3])
                return try await stream.read(3)
            }
            #expect(echoed == [1, 2, 3])
        }
        await server.close()
    }

    @Test("the end of a stream is said by close_notify, and understood")
    func closeNotify() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            try await stream.startTLS(tls)
            try await stream.write([7])
            await stream.finish()
        }
        let client = try TestCertificate.client()
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        try await loop.attempt {
            let stream = try await TCPStream.connect(to: server.address, on: loop)
            try await stream.startTLS(client)
            #expect(try await stream.read(2) == [7])
            #expect(stream.isReadClosed, "by close_notify, and not by the end of the TCP stream")
            await stream.finish()
            #expect(!stream.isOpen)
        }
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("an altered record fails the stream with code tls")
    func alteredRecord() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            try await stream.startTLS(tls)
            while try await stream.next() != nil {}
        }
        let client = try TestCertificate.client()
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        try await loop.attempt {
            let stream = try await TCPStream.connect(to: server.address, on: loop)
            try await stream.startTLS(client)
            stream.layer = nil
            // RFC 8446 §5.2: an application data record whose content nobody sealed.
            try await stream.write([23, 3, 3, 0, 32] + [UInt8](repeating: 5, count: 32))
            while try await stream.next() != nil {}
            stream.close()
        }
        let outcome = try await server.nextOutcome()
        #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .tls }
        await server.close()
    }

    @Test("what waits to be sent to a peer that makes us answer, and reads nothing, is bounded")
    func unreadAnswers() async throws {
        let server = try await TestServer { stream in
            let answer = [UInt8](repeating: 1, count: 64 * 1024)
            // As a peer does with requests that TLS answers by itself: RFC 5246 §7.2.2, no_renegotiation.
            while stream.failure == nil { answer.withUnsafeBytes { stream.sendSealed($0) } }
            #expect(stream.unsent.count <= 2 * LoopBuffers.sealSize)
        }
        let client = try RawSocket.connect(to: server.address, receiveBuffer: 8192)
        try await server.nextOutcome().get()
        client.reset()
        await server.close()
    }
}
