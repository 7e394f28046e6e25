import CDERPOpenSSL
import Testing

@testable import AsyncSockets

/// By which groups keys are exchanged (RFC 8446 §4.2.7, RFC 8422 §5.1.1, RFC 7919).
@Suite("TLS groups")
struct TLSGroupTests {
    /// What a server answers to a client that has these groups, in OpenSSL's words.
    private static func answer(to groups: String, _ versions: TLSContext.Versions) throws -> [UInt8] {
        let pair = try SessionPair(versions: versions) { client, _ in
            let isSet = groups.withCString { list in
                SSL_CTX_ctrl(client, SSL_CTRL_SET_GROUPS_LIST, 0, UnsafeMutableRawPointer(mutating: list))
            }
            #expect(isSet == 1)
        }
        return pair.server.shake(pair.client.shake([]).sent).sent
    }

    // RFC 8422 §5.1: under TLS 1.2 the certificate's curve must be among the groups too.
    @Test("X25519 and P-256 are taken", arguments: ["X25519:P-256", "P-256"], [TLSContext.Versions.tls12, .tls13])
    func taken(group: String, versions: TLSContext.Versions) throws {
        // RFC 8446 §5.1: a record of the handshake.
        #expect(try Self.answer(to: group, versions).first == 22)
    }

    @Test(
        "every other group is refused with handshake_failure, whatever it would cost",
        arguments: ["P-384", "P-521", "X448", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"]
    )
    func refused(group: String) throws {
        #expect(try Self.answer(to: group, .tls13).suffix(2) == [2, 40])
    }

    @Test("under TLS 1.2 too", arguments: ["P-384", "P-521", "X448"])
    func refusedBefore13(group: String) throws {
        #expect(try Self.answer(to: group, .tls12).suffix(2) == [2, 40])
    }

    @Test("our own clients offer no other group either")
    func offered() throws {
        let pair = try SessionPair(versions: .both) { _, _ in }
        let hello = pair.client.shake([]).sent
        let groups = try #require(Self.supportedGroups(in: hello))
        // X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem), x25519, secp256r1.
        #expect(Set(groups).isSubset(of: [0x11ec, 0x001d, 0x0017]))
        #expect(groups.suffix(2) == [0x001d, 0x0017])
    }

    /// The extension supported_groups of a ClientHello in one record.
    private static func supportedGroups(in record: [UInt8]) -> [UInt16]? {
        func number(_ at: Int, _ size: Int) -> Int { record[at..<at + size].reduce(0) { $0 << 8 | Int($1) } }
        // Record and message headers, version, random.
        var at = 5 + 4 + 2 + 32
        at += 1 + number(at, 1)
        at += 2 + number(at, 2)
        at += 1 + number(at, 1)
        at += 2
        while at + 4 <= record.count {
            let (type, size) = (number(at, 2), number(at + 2, 2))
            at += 4
            if type == 10 { return stride(from: at + 2, to: at + size, by: 2).map { UInt16(number($0, 2)) } }
            at += size
        }
        return nil
    }
}
