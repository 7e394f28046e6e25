import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("WebSocket control frames")
struct WebSocketControlTests {
    @Test("a Ping is handed out with what it held", arguments: [0, 1, 4, 124, 125])
    func ping(size: Int) {
        var random = SplitMix64(seed: UInt64(size))
        let payload = random.bytes(size)
        #expect(ReadStream(.ping(payload)) == ReadStream(pings: [payload]))
        #expect(ReadStream(byteByByte: ClientFrame.ping(payload).bytes) == ReadStream(pings: [payload]))
    }

    @Test("ten Pings are ten Pings")
    func manyPings() {
        let pings = (0..<10).map { [UInt8($0)] }
        #expect(ReadStream(pings.map { .ping($0) }) == ReadStream(pings: pings))
    }

    @Test("a Pong that nobody asked for passes (§5.5.3)")
    func pong() {
        #expect(ReadStream(.pong(), .pong([1, 2]), .binary([3])) == ReadStream(bytes: [3]))
    }

    @Test("control frames may come between fragments, and don't end the message (§5.4)")
    func between() {
        let frames: [ClientFrame] = [
            .binary([1], isFinal: false), .ping([9]), .pong([8]), .continuation([2], isFinal: false), .ping(),
            .continuation([3]), .binary([4]),
        ]
        #expect(ReadStream(frames) == ReadStream(bytes: [1, 2, 3, 4], pings: [[9], []]))
        #expect(ReadStream(byteByByte: frames.bytes) == ReadStream(frames))
    }

    @Test("they hold at most 125 bytes, and are never fragmented (§5.5)", arguments: [8, 9, 10] as [UInt8])
    func limits(opcode: UInt8) {
        let large = ClientFrame(opcode: opcode, payload: [UInt8](repeating: 3, count: 126))
        #expect(ReadStream(large).violation == .largeControl)
        let fragment = ClientFrame(opcode: opcode, payload: [3, 0xe8], isFinal: false)
        #expect(ReadStream(fragment).violation == .fragmentedControl)
        for violation in [WebSocketViolation.largeControl, .fragmentedControl] {
            #expect(violation.closeCode.rawValue == 1002)
        }
    }

    @Test("a Close ends the stream; what comes behind it isn't looked at (§5.5.1)")
    func close() {
        #expect(ReadStream(.close()).ending == .close(nil))
        #expect(ReadStream(.close(1000, "bye")).ending == .close(.normal))
        let frames: [ClientFrame] = [.binary([1]), .close(1001), .ping([1]), .text("x"), .close(1000)]
        #expect(ReadStream(frames) == ReadStream(bytes: [1], ending: .close(.goingAway)))
        let inMessage: [ClientFrame] = [.binary([1], isFinal: false), .close(1000)]
        #expect(ReadStream(inMessage) == ReadStream(bytes: [1], ending: .close(.normal)))
    }

    @Test(
        "codes that may be sent are taken (§7.4)",
        arguments: [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
        ] as [UInt16]
    )
    func goodCodes(code: UInt16) {
        #expect(ReadStream(.close(code)).ending == .close(WebSocketCloseCode(rawValue: code)))
        let reason = String(repeating: "r", count: 123)
        #expect(ReadStream(.close(code, reason)).ending == .close(WebSocketCloseCode(rawValue: code)))
    }

    @Test(
        "codes that may not be sent are a violation, and so is half a code",
        arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16]
    )
    func badCodes(code: UInt16) {
        #expect(ReadStream(.close(code)).violation == .malformedClose)
        #expect(ReadStream(.close([UInt8(code & 0xff)])).violation == .malformedClose)
        #expect(WebSocketViolation.malformedClose.closeCode.rawValue == 1002)
    }

    @Test("a reason must be UTF-8")
    func reasons() {
        #expect(ReadStream(.close(1000, "κόσμε 🔑")).ending == .close(.normal))
        // A lone continuation, an overlong slash, a surrogate, beyond U+10FFFF, and a character that is cut.
        for bad: [UInt8] in [[0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]] {
            #expect(ReadStream(.close([3, 0xe8, 0x61] + bad)).violation == .closeReasonNotText)
        }
        #expect(WebSocketViolation.closeReasonNotText.closeCode.rawValue == 1007)
    }

    @Test("every reason that is given fits into a Close frame")
    func ownReasons() {
        for violation in WebSocketViolation.allCases {
            #expect(violation.closeCode.isSendable)
            let frame = WebSocketFrameWriter.close(violation.closeCode, violation.reason)
            #expect(frame.count <= 2 + WebSocketLimits.control)
            #expect(Int(frame[1]) == frame.count - 2)
        }
    }
}
