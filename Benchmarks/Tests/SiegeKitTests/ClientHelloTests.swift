import CDERPOpenSSL
import LoadKit
import Testing

@testable import SiegeKit

/// What OpenSSL's own server says to the ClientHellos that are made of bytes alone.
@Suite struct ClientHelloTests {
    /// The handshake message that answers; `nil` when there is none, but an alert.
    private static func answer(to hellos: [[UInt8]]) throws -> [UInt8]? {
        let directory = try TemporaryDirectory.make()
        defer { TemporaryDirectory.remove(directory) }
        _ = try LocalCertificate(in: directory)
        let context = try #require(SSL_CTX_new(TLS_server_method()))
        defer { SSL_CTX_free(context) }
        try #require(SSL_CTX_use_certificate_chain_file(context, directory + "/127.0.0.1.crt") == 1)
        try #require(SSL_CTX_use_PrivateKey_file(context, directory + "/127.0.0.1.key", SSL_FILETYPE_PEM) == 1)
        let session = try #require(SSL_new(context))
        defer { SSL_free(session) }
        let (input, output) = (BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()))
        SSL_set_bio(session, input, output)
        var answer = [UInt8](repeating: 0, count: 64 * 1024)
        var count: Int32 = 0
        for hello in hellos {
            BIO_write(input, hello, Int32(hello.count))
            SSL_accept(session)
            count = BIO_read(output, &answer, Int32(answer.count))
        }
        ERR_clear_error()
        guard count > 5, answer[0] == 22 else { return nil }
        return Array(answer[5..<Int(count)])
    }

    private static let serverHello: UInt8 = 2
    /// RFC 8446 §4.1.3: the random number of a ServerHello that is a HelloRetryRequest begins so.
    private static let retry: [UInt8] = [0xcf, 0x21, 0xad, 0x74]

    // Not ffdhe2048: half of all random shares aren't in the subgroup, and are refused.
    @Test(arguments: [ClientHello.Group.x25519, .p256])
    func aShareIsTaken(_ group: ClientHello.Group) throws {
        let answer = try #require(try Self.answer(to: [ClientHello(groups: [group], share: group).record()]))
        #expect(answer[0] == Self.serverHello)
        #expect(!answer[6...].starts(with: Self.retry))
    }

    @Test func withoutAShareTheServerAsksForOne() throws {
        let hello = ClientHello(groups: [.p256, .x25519], share: nil)
        let answer = try #require(try Self.answer(to: [hello.record()]))
        #expect(answer[0] == Self.serverHello)
        #expect(answer[6...].starts(with: Self.retry))
    }

    @Test func aSecondOneWithoutAShareIsRefused() throws {
        let hello = ClientHello(groups: [.p256, .x25519], share: nil)
        #expect(try Self.answer(to: [hello.record(), hello.record()]) == nil)
    }

    @Test func itSpeaksTheOlderVersionToo() throws {
        let hello = ClientHello(groups: [.p256], share: nil, isTLS13: false)
        let answer = try #require(try Self.answer(to: [hello.record()]))
        #expect(answer[0] == Self.serverHello)
    }

    @Test func theLargeOneIsAsSmallAsItClaims() {
        let record = ClientHello(groups: [.ffdhe8192], share: .ffdhe8192).record()
        #expect((1100...1250).contains(record.count))
    }
}
