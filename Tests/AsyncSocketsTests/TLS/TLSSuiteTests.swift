import CDERPOpenSSL
import Testing

@testable import AsyncSockets

/// Which cipher suite a server chooses (RFC 8446 §4.1.1, §B.4; RFC 5289).
@Suite("TLS cipher suites")
struct TLSSuiteTests {
    private static func chosen(
        _ versions: TLSContext.Versions,
        configure: (_ client: OpaquePointer) -> Void = { _ in }
    ) throws -> String {
        let pair = try SessionPair(versions: versions) { client, _ in configure(client) }
        let hello = pair.client.shake([])
        _ = pair.client.shake(pair.server.shake(hello.sent).sent)
        let cipher = try #require(
            SSL_get_current_cipher(pair.client.session) ?? SSL_get_pending_cipher(pair.client.session)
        )
        return String(cString: try #require(SSL_CIPHER_get_name(cipher)))
    }

    @Test("AES-128-GCM, though OpenSSL's clients name AES-256 first")
    func cheapest() throws {
        #expect(try Self.chosen(.tls13) == "TLS_AES_128_GCM_SHA256")
        #expect(try Self.chosen(.tls12) == "ECDHE-ECDSA-AES128-GCM-SHA256")
    }

    @Test("ChaCha20-Poly1305 for a client that names it first: it has no AES in hardware")
    func withoutHardware() throws {
        let offer = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"
        let chosen = try Self.chosen(.tls13) { SSL_CTX_set_ciphersuites($0, offer) }
        #expect(chosen == "TLS_CHACHA20_POLY1305_SHA256")
    }

    @Test("AES-256-GCM for a client that has nothing else")
    func strongest() throws {
        let chosen = try Self.chosen(.tls13) { SSL_CTX_set_ciphersuites($0, "TLS_AES_256_GCM_SHA384") }
        #expect(chosen == "TLS_AES_256_GCM_SHA384")
    }

    @Test(
        "none without forward secrecy and an AEAD: the client gets an alert",
        arguments: ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"]
    )
    func refused(offer: String) throws {
        let pair = try SessionPair(versions: .tls12) { client, _ in SSL_CTX_set_cipher_list(client, offer) }
        let answer = pair.server.shake(pair.client.shake([]).sent).sent
        // RFC 5246 §7.2: a fatal alert, handshake_failure.
        #expect(answer.first == 21)
        #expect(Array(answer.suffix(2)) == [2, 40])
    }
}
