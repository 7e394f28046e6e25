import CDERPOpenSSL
import Testing

@testable import AsyncSockets

/// From OpenSSL's handshake to records of our own.
@Suite struct HandoverTests {
    private static let suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]

    private static func expectTalk(_ one: any TransportSecurity, _ other: any TransportSecurity) throws {
        for (from, to) in [(one, other), (other, one), (other, one), (one, other)] {
            let data = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let read = to.open(try #require(from.seal(data)).sent)
            #expect(read.plaintext == data && read.failure == nil)
        }
        let closed = one.open(other.close())
        #expect(closed.isClosed && closed.failure == nil)
    }

    @Test("Both ends hand over after a handshake with each suite of TLS 1.3", arguments: suites)
    func bothEnds(suite: String) throws {
        let pair = try SessionPair(versions: .tls13) { client, _ in SSL_CTX_set_ciphersuites(client, suite) }
        let ends = try pair.handOver()
        #expect(ends.client is TLSRecordLayer && ends.server is TLSRecordLayer)
        try Self.expectTalk(ends.client, ends.server)
    }

    private static func setGroups(_ groups: String, of context: OpaquePointer) {
        var groups = groups
        groups.append("\0")
        groups.withUTF8 {
            _ = SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
    }

    @Test("After a HelloRetryRequest too")
    func retried() throws {
        let pair = try SessionPair(versions: .tls13) { client, server in
            Self.setGroups("X25519:P-256", of: client)
            Self.setGroups("P-256", of: server)
        }
        let ends = try pair.handOver()
        #expect(ends.client is TLSRecordLayer && ends.server is TLSRecordLayer)
        try Self.expectTalk(ends.client, ends.server)
    }

    @Test("Our records are OpenSSL's: one end hands over and the other does not", arguments: suites)
    func oneEnd(suite: String) throws {
        let pair = try SessionPair(versions: .tls13, serverRecords: .openSSL) { client, _ in
            SSL_CTX_set_ciphersuites(client, suite)
        }
        let ends = try pair.handOver()
        #expect(ends.client is TLSRecordLayer && ends.server is OpenSSLSession)
        try Self.expectTalk(ends.client, ends.server)
    }

    @Test("Data that comes with the client's Finished isn't lost, wherever the bytes are cut")
    func dataBehindFinished() throws {
        for cut in 0... {
            let pair = try SessionPair(versions: .tls13)
            try pair.completeClient()
            let client = pair.client.takeOver()
            let stream = pair.lastFlight + (try #require(client.seal(Array("hello, relay".utf8))).sent)
            guard cut <= stream.count else { break }
            var rest = Array(stream[..<cut])
            var step = pair.server.shake(rest)
            if step.unread == nil {
                rest = Array(stream[cut...])
                step = pair.server.shake(rest)
            } else {
                rest += stream[cut...]
                step.unread = step.unread.map { $0 + stream.count - cut }
            }
            let unread = try #require(step.unread)
            let server = pair.server.takeOver()
            #expect(server is TLSRecordLayer)
            #expect(server.open(Array(rest.suffix(unread))).text == "hello, relay", "cut at \(cut)")
        }
    }

    @Test("The server's tickets are passed over, whether or not they come with its Finished")
    func tickets() throws {
        let pair = try SessionPair(versions: .tls13, serverRecords: .openSSL) { _, server in
            SSL_CTX_clear_options(server, UInt64(1) << 14)
            SSL_CTX_set_num_tickets(server, 2)
        }
        try pair.completeClient()
        let client = pair.client.takeOver()
        #expect(client is TLSRecordLayer)
        let last = pair.server.shake(pair.lastFlight)
        #expect(last.unread == 0 && last.sent.count > 400)
        let read = client.open(last.sent + (try #require(pair.server.seal(Array("x".utf8))).sent))
        #expect(read.text == "x" && read.failure == nil)
    }

    @Test("A server that sends tickets has used its first sequence numbers, and keeps OpenSSL's records")
    func ticketsOfOurs() throws {
        let pair = try SessionPair(versions: .tls13) { _, server in
            SSL_CTX_clear_options(server, UInt64(1) << 14)
            SSL_CTX_set_num_tickets(server, 2)
        }
        try pair.completeClient()
        let client = pair.client.takeOver()
        let last = pair.server.shake(pair.lastFlight)
        let server = pair.server.takeOver()
        #expect(server is OpenSSLSession)
        #expect(client.open(last.sent + (try #require(server.seal(Array("x".utf8))).sent)).text == "x")
    }

    @Test("TLS 1.2 stays with OpenSSL")
    func tls12() throws {
        let ends = try SessionPair(versions: .tls12).handOver()
        #expect(ends.client is OpenSSLSession && ends.server is OpenSSLSession)
        try Self.expectTalk(ends.client, ends.server)
    }

    @Test("A client that wants small records (RFC 6066 §4) gets them, from OpenSSL")
    func smallRecords() throws {
        let pair = try SessionPair(versions: .tls13) { client, _ in
            SSL_CTX_set_tlsext_max_fragment_length(client, 1)
        }
        let ends = try pair.handOver()
        #expect(ends.client is OpenSSLSession && ends.server is OpenSSLSession)
        try Self.expectTalk(ends.client, ends.server)
    }

    @Test("Records stay with OpenSSL where that was asked for")
    func switchedOff() throws {
        let ends = try SessionPair(versions: .tls13, serverRecords: .openSSL).handOver()
        #expect(ends.server is OpenSSLSession)
    }

    @Test("A failed handshake releases all it held", arguments: [[], [22, 3, 1, 0, 5, 1, 2, 3, 4, 5]] as [[UInt8]])
    func failed(input: [UInt8]) throws {
        for _ in 0..<100 {
            let pair = try SessionPair()
            #expect(pair.server.shake(input).unread == nil)
        }
    }

    @Test("An error that something else left on the thread doesn't end a session")
    func strayError() throws {
        let ends = try SessionPair(versions: .tls12).handOver()
        #expect(EVP_CIPHER_fetch(nil, "no such cipher", nil) == nil && ERR_peek_error() != 0)
        let read = ends.server.open([])
        #expect(read.failure == nil)
    }
}
