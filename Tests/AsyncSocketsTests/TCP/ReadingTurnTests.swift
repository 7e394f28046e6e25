import Glibc
import Synchronization
import Testing

@testable import AsyncSockets

/// How much of one stream is read before others on its loop have a turn. The loop is turned by the test.
@Suite("Turns of reading")
struct ReadingTurnTests {
    /// A loop that no thread runs, and a stream on it of which the other end is always full.
    private final class Bench {
        let loop: IOLoop
        let stream: TCPStream
        /// What is sent, over and over.
        var pattern: [UInt8]
        private let far: OwnedDescriptor
        private var now: UInt64

        init(_ pattern: [UInt8]) throws {
            let loop = try IOLoop(index: 0)
            let (near, far) = try OwnedDescriptor.streamPair()
            self.loop = loop
            self.now = loop.now
            self.stream = try #require(TCPStream.adopt(near, on: loop))
            self.far = far
            self.pattern = Array(repeatElement(pattern, count: max(1, 65_536 / pattern.count)).joined())
            loop.turn(at: self.now)
        }

        /// Fills the socket, and turns the loop once, a millisecond later; returns how much was read.
        func turn() -> Int {
            while self.pattern.withUnsafeBytes({ send(self.far.raw, $0.baseAddress, $0.count, Self.flags) }) > 0 {}
            let before = self.stream.receivedByteCount
            self.now += 1_000_000
            self.loop.turn(at: self.now)
            return Int(self.stream.receivedByteCount - before)
        }

        private static let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    }

    /// Turns the loop until `isOver`; returns the most that was read in a turn, and how many turns it took.
    private static func turns(of bench: Bench, until isOver: () -> Bool) -> (most: Int, count: Int) {
        var most = 0
        var count = 0
        while !isOver(), count < 10_000 {
            most = max(most, bench.turn())
            count += 1
        }
        return (most, count)
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { self.value.load(ordering: .acquiring) }
        func set() { self.value.store(true, ordering: .releasing) }
    }

    private static func read(_ stream: TCPStream) async {
        while true {
            switch stream.receive() {
            case .bytes: continue
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return
            }
        }
    }

    @Test("the budget is kept, and the deadline comes though bytes do", arguments: [1, 1000, 16_384, 65_536, 1 << 20])
    func budget(of byteCount: Int) throws {
        let bench = try Bench([1])
        let stream = bench.stream
        stream.turnBudget = byteCount
        stream.setDeadline(.milliseconds(200))
        let ended = Flag()
        Task(executorPreference: bench.loop) {
            await Self.read(stream)
            ended.set()
        }
        let (most, count) = Self.turns(of: bench) { ended.isSet }
        #expect(ended.isSet)
        #expect(stream.failure?.code == .timeout)
        #expect(most <= byteCount && most > 0)
        // The timers of the loop are up to 17 ms late.
        #expect((200...220).contains(count))
        stream.close()
    }

    @Test("calls that each return what they have read share a turn")
    func severalCalls() throws {
        let bench = try Bench([1])
        let stream = bench.stream
        stream.setDeadline(.milliseconds(100))
        let ended = Flag()
        Task(executorPreference: bench.loop) {
            func next() async -> Bool {
                while true {
                    switch stream.receive(atMost: 7) {
                    case .bytes: return true
                    case .wouldBlock: await stream.waitUntilReadable()
                    case .closed, .failed: return false
                    }
                }
            }
            while await next() {}
            ended.set()
        }
        let (most, _) = Self.turns(of: bench) { ended.isSet }
        #expect(ended.isSet)
        #expect(most <= 7 * 64, "a call costs at least a 64th of a turn, however little it reads")
        stream.close()
    }

    @Test("closing reads within the budget, and no longer than its time")
    func finishing() throws {
        let bench = try Bench([1])
        let stream = bench.stream
        let ended = Flag()
        Task(executorPreference: bench.loop) {
            await stream.finish(within: .milliseconds(30))
            ended.set()
        }
        let (most, count) = Self.turns(of: bench) { ended.isSet }
        #expect(ended.isSet)
        #expect(most <= 16_384 && most > 0)
        #expect(count <= 50)
    }

    @Test("a TLS handshake reads within the budget, and no longer than its time", arguments: [false, true])
    func handshake(isServer: Bool) throws {
        // Pieces of one byte of a message of 65793 bytes: OpenSSL collects them, as a ClientHello or as nothing yet.
        let bench = try Bench([22, 3, 3, 0, 1, 1])
        let stream = bench.stream
        let context = try isServer ? TestCertificate.server() : TestCertificate.client()
        let ended = Flag()
        stream.setDeadline(.milliseconds(50))
        Task(executorPreference: bench.loop) {
            _ = try? await stream.startTLS(context, serverName: "localhost")
            ended.set()
        }
        let (most, count) = Self.turns(of: bench) { ended.isSet }
        #expect(ended.isSet)
        #expect(most <= 16_384 && most > 0)
        #expect(count <= 70)
        stream.close()
    }

    @Test("what came before a layer is opened piece by piece, whole and in order")
    func early() throws {
        let bench = try Bench([7])
        let stream = bench.stream
        let early = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        let layer = CopyingLayer()
        stream.insert(layer, early: early)
        stream.turnBudget = 5000
        stream.setDeadline(.milliseconds(100))
        let ended = Flag()
        Task(executorPreference: bench.loop) {
            await Self.read(stream)
            ended.set()
        }
        var most = 0
        while !ended.isSet, layer.opened.count < early.count {
            let before = layer.opened.count
            _ = bench.turn()
            most = max(most, layer.opened.count - before)
        }
        #expect(most <= 5000)
        let isEqual = layer.opened.prefix(early.count).elementsEqual(early)
        #expect(isEqual)
        stream.close()
    }

    @Test("a long answer to a peer that reads fast leaves others their turns")
    func writing() throws {
        let bench = try Bench([1])
        let stream = bench.stream
        let layer = CopyingLayer()
        stream.insert(layer, early: [])
        let ended = Flag()
        Task(executorPreference: bench.loop) {
            try? await stream.write([UInt8](repeating: 1, count: 150_000))
            ended.set()
        }
        var most = 0
        var turns = 0
        while !ended.isSet, turns < 100 {
            let before = layer.sealedCount
            bench.loop.turn()
            most = max(most, layer.sealedCount - before)
            turns += 1
        }
        #expect(ended.isSet)
        #expect(most <= 65_536)
        stream.close()
    }
}

/// Hands on what it is given.
// @unchecked: confined to the loop, which the test turns.
private final class CopyingLayer: StreamLayer, @unchecked Sendable {
    private(set) var opened: [UInt8] = []
    private(set) var sealedCount = 0

    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult {
        self.opened += input
        plaintext.copyMemory(from: input)
        return OpenResult(count: input.count)
    }

    /// Seals without saying anything: there is nobody who reads.
    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int? {
        self.sealedCount += plaintext.count
        return plaintext.count
    }

    func close(output: inout SealedOutput) {}
}
