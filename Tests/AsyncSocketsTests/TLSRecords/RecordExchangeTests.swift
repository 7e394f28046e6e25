import Testing

@testable import AsyncSockets

/// Two record layers that talk through memory.
@Suite struct RecordExchangeTests {
    private static func pair(_ number: UInt16 = 0x1301) throws -> (client: TLSRecordLayer, server: TLSRecordLayer) {
        let suite = try #require(TLSCipherSuite(number: number))
        func keys(_ byte: UInt8, _ encrypts: Bool) throws -> TrafficKeys {
            let secret = [UInt8](repeating: byte, count: suite.secretSize)
            return try #require(TrafficKeys(suite: suite, secret: secret, encrypts: encrypts))
        }
        return (
            TLSRecordLayer(reading: try keys(2, false), writing: try keys(1, true), isServer: false),
            TLSRecordLayer(reading: try keys(1, false), writing: try keys(2, true), isServer: true)
        )
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test("What is sealed on one side is opened on the other, in both directions", arguments: RecordForger.suites)
    func bothDirections(suite: UInt16) throws {
        let (client, server) = try Self.pair(suite)
        for round in 0..<50 {
            let data = Self.pattern(round * 37 + 1)
            let there = server.open(try #require(client.seal(data)).sent)
            #expect(there.plaintext == data && there.failure == nil && there.sent.isEmpty)
            let back = client.open(try #require(server.seal(data)).sent)
            #expect(back.plaintext == data && back.failure == nil && back.sent.isEmpty)
        }
    }

    @Test("Every cut of a stream of records gives the same bytes", arguments: RecordForger.suites)
    func everySplit(suite: UInt16) throws {
        let data = Self.pattern(260)
        let sizes = [1, 0, 2, 15, 16, 17, 209]
        for cut in 0... {
            let (client, server) = try Self.pair(suite)
            var stream: [UInt8] = []
            var start = 0
            for size in sizes {
                stream += try #require(client.seal(Array(data[start..<start + size]))).sent
                start += size
            }
            guard cut <= stream.count else { break }
            let first = server.open(Array(stream[..<cut]))
            let second = server.open(Array(stream[cut...]))
            #expect(first.plaintext + second.plaintext == data, "cut at \(cut)")
            #expect(first.failure == nil && second.failure == nil)
        }
    }

    @Test("Pieces of any size give the same bytes", arguments: [1, 2, 3, 4, 5, 6, 21, 22, 23, 1000, 16_383, 16_406])
    func pieces(size: Int) throws {
        let (client, server) = try Self.pair()
        let data = Self.pattern(40_000)
        let read = server.open(try #require(client.seal(data)).sent, inPiecesOf: size)
        #expect(read.plaintext == data && read.failure == nil && read.sent.isEmpty)
    }

    @Test(
        "Content is cut into records of at most 2^14 bytes (§5.1)",
        arguments: [1, 16_383, 16_384, 16_385, 32_768, 50_000]
    )
    func recordSizes(count: Int) throws {
        let forger = try RecordForger()
        let sealed = try #require(forger.layer.seal(Self.pattern(count)))
        let records = try forger.opened(sealed.sent)
        #expect(sealed.count == count)
        #expect(records.allSatisfy { $0.type == 23 && $0.content.count <= 16_384 })
        #expect(records.flatMap(\.content) == Self.pattern(count))
        #expect(records.count == (count + 16_383) / 16_384)
    }

    @Test("What doesn't fit is left, and can be sealed into the next memory")
    func littleRoom() throws {
        let data = Self.pattern(40_000)
        for room in [0, 1, 26, 48, 49, 50, 1000, 16_406, 16_432, 16_433, 20_000, 33_000] {
            let forger = try RecordForger()
            let first = try #require(forger.layer.seal(data, room: room))
            let second = try #require(forger.layer.seal(Array(data[first.count...])))
            #expect(first.sent.count <= room)
            #expect(try forger.opened(first.sent + second.sent).flatMap(\.content) == data)
        }
    }
}
