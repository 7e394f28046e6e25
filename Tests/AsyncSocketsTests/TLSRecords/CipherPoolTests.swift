import Testing

@testable import AsyncSockets

/// Connections of one loop that share its ciphers.
@Suite struct CipherPoolTests {
    private final class Clock { var now: UInt64 = 1_000_000_000 }

    private let clock = Clock()
    private let pool: CipherPool

    init() {
        let clock = self.clock
        self.pool = CipherPool { clock.now }
    }

    private struct Pair {
        let client: TLSRecordLayer
        let server: TLSRecordLayer

        func exchange(_ text: [UInt8]) throws {
            let there = self.server.open(try #require(self.client.seal(text)).sent)
            #expect(there.plaintext == text && there.failure == nil)
            let back = self.client.open(try #require(self.server.seal(text)).sent)
            #expect(back.plaintext == text && back.failure == nil)
        }
    }

    private func pair(_ number: UInt8, _ suite: UInt16 = 0x1301) throws -> Pair {
        let suite = try #require(TLSCipherSuite(number: suite))
        func keys(_ byte: UInt8, _ encrypts: Bool) throws -> TrafficKeys {
            let secret = [byte, number] + [UInt8](repeating: 0, count: suite.secretSize - 2)
            return try #require(TrafficKeys(suite: suite, secret: secret, encrypts: encrypts, pool: self.pool))
        }
        return Pair(
            client: TLSRecordLayer(reading: try keys(2, false), writing: try keys(1, true), isServer: false),
            server: TLSRecordLayer(reading: try keys(1, false), writing: try keys(2, true), isServer: true)
        )
    }

    @Test("Connections that are used one after the other share their ciphers", arguments: RecordForger.suites)
    func taking(suite: UInt16) throws {
        let pairs = try (0..<50).map { try self.pair($0, suite) }
        #expect(self.pool.count == 0)
        for round in 0..<3 {
            for pair in pairs {
                try pair.exchange([1, 2, UInt8(round)])
                self.clock.now += 1_000_000_000
            }
        }
        // Those of the connection before are kept for a moment.
        #expect(self.pool.count == 8)
    }

    @Test("Connections that are used at the same time keep theirs")
    func keeping() throws {
        let pairs = try (0..<50).map { try self.pair($0) }
        for round in 0..<20 {
            for pair in pairs { try pair.exchange([UInt8(round)]) }
            self.clock.now += 50_000_000
            // A newcomer takes none of them.
            try self.pair(UInt8(100 + round)).exchange([1])
        }
        #expect((200...280).contains(self.pool.count))
    }

    @Test("Connections of different suites share nothing")
    func suites() throws {
        for _ in 0..<10 {
            for suite in RecordForger.suites { try self.pair(1, suite).exchange([1]) }
            self.clock.now += 1_000_000_000
        }
        #expect(self.pool.count == 8 * RecordForger.suites.count)
    }

    @Test("What a closed connection had is used at once, and the connection is broken")
    func retiring() throws {
        for number in 0..<50 {
            let pair = try self.pair(UInt8(number))
            try pair.exchange([1])
            pair.client.retire()
            pair.server.retire()
            #expect(pair.client.seal([1]) == nil)
            #expect(pair.server.open([UInt8](repeating: 23, count: 30)).failure != nil)
        }
        #expect(self.pool.count == 4)
    }

    @Test("A key that was updated meanwhile is set anew")
    func updating() throws {
        let suite = try #require(TLSCipherSuite(number: 0x1301))
        let secret = [UInt8](repeating: 7, count: suite.secretSize)
        let writing = try #require(TrafficKeys(suite: suite, secret: secret, encrypts: true, pool: self.pool))
        let reading = try #require(TrafficKeys(suite: suite, secret: secret, encrypts: false, pool: self.pool))
        for round in 0..<5 {
            let record = try #require(writing.seal([1, UInt8(round)], type: 23))
            #expect(reading.open(record) == [1, UInt8(round), 23])
            #expect(writing.update() && reading.update())
            self.clock.now += UInt64(round) * 200_000_000
            try self.pair(9).exchange([UInt8(round)])
        }
    }
}
