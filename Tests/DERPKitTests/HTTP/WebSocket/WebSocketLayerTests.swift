import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("WebSocket layer")
struct WebSocketLayerTests {
    private static let data = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }

    @Test(
        "what is sent comes in whole messages of any size",
        arguments: [0, 1, 125, 126, 16379, 16380, 16381, 65536, 300_000]
    )
    func seal(size: Int) throws {
        let bench = LayerBench()
        let data = Array(Self.data.prefix(size))
        var left = data[...]
        var stream: [UInt8] = []
        while !left.isEmpty {
            let (count, sent) = bench.seal(Array(left))
            let taken = try #require(count)
            #expect(taken > 0)
            let frames = try ServerFrames(sent)
            #expect(frames.stream.count == taken, "no message is left unfinished")
            stream += frames.stream
            left = left.dropFirst(taken)
        }
        let isEqual = stream == data
        #expect(isEqual)
    }

    @Test("each message fills one record of what is below, and no more are made than there is room for")
    func records() throws {
        let bench = LayerBench(inner: InvertingLayer())
        let (count, sent) = bench.seal(Self.data)
        let records = InvertingLayer.records(in: sent)
        #expect(records.count == 5)
        #expect(records.allSatisfy { $0.count == 16 * 1024 })
        let frames = try ServerFrames(records.flatMap(\.self))
        #expect(frames.stream == Array(Self.data.prefix(count ?? 0)))
        #expect(LayerBench(room: 1000).seal(Self.data).count == 0)
    }

    @Test("frames are opened below and taken apart above")
    func openThroughInner() {
        let bench = LayerBench(inner: InvertingLayer())
        let frames: [ClientFrame] = [.binary([1, 2, 3]), .ping([4]), .binary([5])]
        let bytes = frames.bytes
        let opened = bench.open(InvertingLayer.sealed(bytes[..<9]) + InvertingLayer.sealed(bytes[9...]))
        #expect(opened.bytes == [1, 2, 3, 5])
        #expect(InvertingLayer.records(in: opened.sent) == [[0x8a, 1, 4]])
        #expect(!opened.isClosed)
        let last = bench.open(InvertingLayer.sealed(ClientFrame.binary([6]).bytes) + [InvertingLayer.goodbye])
        #expect(last.bytes == [6])
        #expect(last.isClosed)
        #expect(bench.layer.ending == nil, "the connection ended, and not the WebSocket")
    }

    @Test("what came with the request is not opened twice")
    func early() {
        let early = ClientFrame.binary([1, 2]).bytes
        let bench = LayerBench(inner: InvertingLayer(), earlyCount: early.count)
        #expect(bench.open(Array(early.prefix(5))).bytes == [])
        #expect(bench.open(Array(early.dropFirst(5))).bytes == [1, 2])
        #expect(bench.open(InvertingLayer.sealed(ClientFrame.binary([3]).bytes)).bytes == [3])
    }

    @Test("each Ping gets a Pong with what it held")
    func pongs() throws {
        let opened = LayerBench().open(.ping([1]), .binary([9]), .ping(), .ping([UInt8](repeating: 3, count: 125)))
        #expect(opened.bytes == [9])
        let pongs = try ServerFrames(opened.sent)
        #expect(pongs.payloads(10) == [[1], [], [UInt8](repeating: 3, count: 125)])
        #expect(pongs.frames.count == 3)
    }

    @Test("while the client takes nothing, one Pong waits, for its last Ping")
    func delayedPong() throws {
        let bench = LayerBench()
        for number in 0..<100 { #expect(bench.open(.ping([UInt8(number)]), isDelayed: true).sent == []) }
        #expect(bench.speak(isDelayed: true) == [])
        #expect(try ServerFrames(bench.speak()).payloads(10) == [[99]])
        #expect(bench.speak() == [])
    }

    @Test("a client's Close is answered with its code, once, and nothing is sent behind it")
    func peerCloses() throws {
        let bench = LayerBench()
        let opened = bench.open(.binary([1]), .close(3001, "bye"), .binary([2]), .ping([3]))
        #expect(opened.bytes == [1])
        #expect(opened.isClosed)
        #expect(bench.layer.ending == .close(WebSocketCloseCode(rawValue: 3001)))
        #expect(try ServerFrames(opened.sent).frames == [.init(opcode: 8, payload: [0x0b, 0xb9])])
        #expect(bench.seal([1, 2, 3]).count == 3)
        #expect(bench.seal([1, 2, 3]).sent == [])
        #expect(bench.close() == [])
        let after = bench.open(.binary([4]), .ping())
        #expect(after.bytes == [] && after.isClosed && after.sent == [])
    }

    @Test("an empty Close is answered with an empty one")
    func emptyClose() throws {
        #expect(try ServerFrames(LayerBench().open(.close()).sent).frames == [.init(opcode: 8, payload: [])])
    }

    @Test("a violation is reported by its code and a reason, behind what was sent, and before the layer below closes")
    func violation() throws {
        let bench = LayerBench(inner: InvertingLayer())
        let opened = bench.open(InvertingLayer.sealed([ClientFrame.binary([1]), .ping([2]), .text("x")].bytes))
        #expect(opened.bytes == [1])
        #expect(opened.isClosed)
        let frames = try ServerFrames(InvertingLayer.records(in: opened.sent).flatMap(\.self)).frames
        #expect(frames.map(\.opcode) == [10, 8])
        #expect(frames.last?.payload == [0x03, 0xeb] + Array("DERP needs binary messages".utf8))
        #expect(bench.close() == [InvertingLayer.goodbye])
    }

    @Test("once this end has closed, what comes is thrown away until the client has closed too")
    func ownClose() throws {
        let bench = LayerBench()
        bench.layer.close(.goingAway, reason: "shutdown")
        bench.layer.close(.normal)
        let close = ServerFrames.Frame(opcode: 8, payload: [0x03, 0xe9] + Array("shutdown".utf8))
        #expect(try ServerFrames(bench.speak()).frames == [close])
        let opened = bench.open(.binary([1]), .ping([2]))
        #expect(opened.bytes == [] && opened.sent == [] && !opened.isClosed)
        let answer = bench.open(.close(1001))
        #expect(answer.isClosed && answer.sent == [])
        #expect(bench.close() == [])
    }

    @Test("closing the stream closes the WebSocket")
    func streamCloses() throws {
        let bench = LayerBench()
        #expect(try ServerFrames(bench.close()).frames == [.init(opcode: 8, payload: [0x03, 0xe8])])
    }
}
