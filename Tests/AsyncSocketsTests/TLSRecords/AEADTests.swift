import CAsyncSockets
import CDERPOpenSSL
import Testing

@testable import AsyncSockets

/// The AEADs that protect records, without the record layer.
@Suite struct AEADTests {
    private func context(_ vector: AEADVectors.Vector, encrypts: Bool) throws -> OpaquePointer {
        let suite = try #require(TLSCipherSuite(number: vector.suite))
        try #require(vector.key.count == suite.keySize)
        return try #require(cas_aead_new(suite.cipher, vector.key, encrypts ? 1 : 0))
    }

    /// Opens `sealed` as the vector's, or with another nonce or header.
    private func open(
        _ vector: AEADVectors.Vector,
        _ sealed: [UInt8],
        nonce: [UInt8]? = nil,
        header: [UInt8]? = nil
    ) throws -> [UInt8]? {
        let context = try self.context(vector, encrypts: false)
        defer { EVP_CIPHER_CTX_free(context) }
        let header = header ?? vector.header
        let count = sealed.count - TLSRecord.tagCount
        // One byte more, so that there is memory for an empty text.
        var text = [UInt8](repeating: 0xaa, count: count + 1)
        guard cas_aead_open(context, nonce ?? vector.nonce, header, header.count, sealed, count, &text) == 1 else {
            return nil
        }
        #expect(text.last == 0xaa)
        return text.dropLast()
    }

    @Test("A text is sealed as the vector says", arguments: AEADVectors.all.filter { !$0.text.isEmpty })
    func seal(_ vector: AEADVectors.Vector) throws {
        let context = try self.context(vector, encrypts: true)
        defer { EVP_CIPHER_CTX_free(context) }
        // A record's content and type are sealed as one text.
        let (content, type) = (Array(vector.text.dropLast()), try #require(vector.text.last))
        for _ in 0..<2 {
            var sealed = [UInt8](repeating: 0xaa, count: vector.sealed.count + 1)
            let result = cas_aead_seal(
                context,
                vector.nonce,
                vector.header,
                vector.header.count,
                content,
                content.count,
                type,
                &sealed
            )
            #expect(result == 1 && sealed == vector.sealed + [0xaa])
        }
    }

    @Test("What is sealed is opened", arguments: AEADVectors.all)
    func open(_ vector: AEADVectors.Vector) throws {
        #expect(try self.open(vector, vector.sealed) == vector.text)
    }

    @Test("No bit of the sealed text, of the tag, of the nonce or of the header may differ", arguments: AEADVectors.all)
    func flippedBits(_ vector: AEADVectors.Vector) throws {
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        for bit in 0..<vector.sealed.count * 8 {
            #expect(try self.open(vector, flipped(vector.sealed, bit)) == nil, "sealed text, bit \(bit)")
        }
        for bit in 0..<vector.nonce.count * 8 {
            #expect(try self.open(vector, vector.sealed, nonce: flipped(vector.nonce, bit)) == nil, "nonce, bit \(bit)")
        }
        for bit in 0..<vector.header.count * 8 {
            let header = flipped(vector.header, bit)
            #expect(try self.open(vector, vector.sealed, header: header) == nil, "header, bit \(bit)")
        }
        #expect(try self.open(vector, vector.sealed, header: vector.header + [0]) == nil)
    }

    @Test("Nothing shorter or longer opens", arguments: AEADVectors.all)
    func cut(_ vector: AEADVectors.Vector) throws {
        for count in TLSRecord.tagCount..<vector.sealed.count {
            #expect(try self.open(vector, Array(vector.sealed.prefix(count))) == nil, "\(count) bytes")
            #expect(try self.open(vector, Array(vector.sealed.suffix(count))) == nil, "the last \(count) bytes")
        }
        #expect(try self.open(vector, vector.sealed + [0]) == nil)
        #expect(try self.open(vector, [0] + vector.sealed) == nil)
    }
}
