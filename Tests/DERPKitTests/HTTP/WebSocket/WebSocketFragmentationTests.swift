import TestSupport
import Testing

@testable import DERPKit

@Suite("WebSocket frames and fragments")
struct WebSocketFragmentationTests {
    @Test(
        "a message of any size comes out as it was sent (RFC 6455 §5.2)",
        arguments: [0, 1, 7, 8, 31, 32, 33, 125, 126, 127, 128, 65535, 65536, WebSocketLimits.message]
    )
    func sizes(size: Int) {
        var random = SplitMix64(seed: UInt64(size))
        let message = random.bytes(size)
        let stream = ReadStream(.binary(message), .binary(message))
        #expect(stream == ReadStream(bytes: message + message))
        #expect(ReadStream(ClientFrame.binary(message).with { $0.mask = [0, 0, 0, 0] }) == ReadStream(bytes: message))
    }

    @Test("the length is judged before a byte of payload comes: one more than a packet needs is too much")
    func tooLong() {
        for length in [UInt64(WebSocketLimits.message) + 1, 1 << 20, 1 << 32, UInt64.max >> 1] {
            let head = ClientFrame.binary([]).with { $0.length = length }
            #expect(ReadStream(head).violation == .messageTooLong)
        }
        #expect(WebSocketViolation.messageTooLong.closeCode.rawValue == 1009)
    }

    @Test("fragments count together, whatever their number")
    func tooLongInFragments() {
        let half = [UInt8](repeating: 1, count: WebSocketLimits.message / 2)
        let fits: [ClientFrame] = [
            .binary(half, isFinal: false), .continuation(half, isFinal: false), .continuation([1]),
        ]
        #expect(ReadStream(fits) == ReadStream(bytes: half + half + [1]))
        let tooLong: [ClientFrame] = [
            .binary(half, isFinal: false), .continuation(half, isFinal: false), .continuation([1, 2]),
        ]
        #expect(ReadStream(tooLong) == ReadStream(bytes: half + half, ending: .violation(.messageTooLong)))
        let pieces = (0...WebSocketLimits.message).map {
            ClientFrame.continuation([UInt8(truncatingIfNeeded: $0)], isFinal: false)
        }
        #expect(ReadStream([.binary([], isFinal: false)] + pieces).violation == .messageTooLong)
    }

    @Test("a message may be cut into fragments anywhere, and those may be empty (§5.4)")
    func fragments() {
        let message = Array("fragmented".utf8)
        for cut in 0...message.count {
            let frames: [ClientFrame] = [
                .binary(Array(message[..<cut]), isFinal: false), .continuation([], isFinal: false),
                .continuation(Array(message[cut...])),
            ]
            #expect(ReadStream(frames) == ReadStream(bytes: message))
            #expect(ReadStream(byteByByte: frames.bytes) == ReadStream(bytes: message))
        }
        let one = ClientFrame.binary([1], isFinal: false)
        #expect(ReadStream(one, .continuation([]), .binary([2])) == ReadStream(bytes: [1, 2]))
    }

    @Test("bytes of a message come out before it has ended")
    func unfinished() {
        #expect(ReadStream(.binary([1, 2], isFinal: false)) == ReadStream(bytes: [1, 2]))
        let cut = Array(ClientFrame.binary([1, 2, 3, 4, 5]).bytes.dropLast(2))
        #expect(ReadStream(cut) == ReadStream(bytes: [1, 2, 3]))
    }

    @Test("a continuation needs a message, and a message must end before the next begins")
    func order() {
        #expect(ReadStream(.continuation([1])).violation == .strayContinuation)
        #expect(ReadStream(.continuation([1], isFinal: false)).violation == .strayContinuation)
        let ended: [ClientFrame] = [.binary([1], isFinal: false), .continuation([2]), .continuation([3])]
        #expect(ReadStream(ended) == ReadStream(bytes: [1, 2], ending: .violation(.strayContinuation)))
        for next: ClientFrame in [.binary([2]), .text("2"), .binary([2], isFinal: false)] {
            let frames = [.binary([1], isFinal: false), next]
            #expect(ReadStream(frames) == ReadStream(bytes: [1], ending: .violation(.interruptedMessage)))
        }
        for violation in [WebSocketViolation.strayContinuation, .interruptedMessage] {
            #expect(violation.closeCode.rawValue == 1002)
        }
    }

    @Test("text is refused, whole or in fragments")
    func text() {
        #expect(ReadStream(.binary([1]), .text("hello")) == ReadStream(bytes: [1], ending: .violation(.textMessage)))
        #expect(ReadStream(.text("")).violation == .textMessage)
        #expect(ReadStream(ClientFrame.text("hello").with { $0.isFinal = false }).violation == .textMessage)
        #expect(WebSocketViolation.textMessage.closeCode.rawValue == 1003)
    }

    @Test("reserved bits and opcodes are refused (§5.2)", arguments: UInt8(1)...7)
    func reserved(number: UInt8) {
        for opcode in [0, 1, 2, 8, 9, 10] as [UInt8] {
            #expect(ReadStream(ClientFrame(opcode: opcode, reserved: number)).violation == .reservedBits)
        }
        for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8] {
            let frames: [ClientFrame] = [.binary([1]), ClientFrame(opcode: opcode, payload: [number])]
            #expect(ReadStream(frames) == ReadStream(bytes: [1], ending: .violation(.unknownOpcode)))
        }
    }

    @Test("a frame without a mask is refused, of any kind (§5.1)", arguments: [0, 1, 2, 8, 9, 10] as [UInt8])
    func unmasked(opcode: UInt8) {
        #expect(ReadStream(ClientFrame(opcode: opcode, mask: nil)).violation == .unmaskedFrame)
        #expect(WebSocketViolation.unmaskedFrame.closeCode.rawValue == 1002)
    }

    @Test("a length must take as few bytes as it can, and not be negative")
    func lengths() {
        for (length, size) in [(0, 2), (125, 2), (0, 8), (126, 8), (65535, 8)] {
            let frame = ClientFrame.binary([UInt8](repeating: 1, count: length)).with { $0.lengthSize = size }
            #expect(ReadStream(frame).violation == .malformedLength)
        }
        let negative = ClientFrame.binary([]).with { $0.length = 1 << 63 }
        #expect(ReadStream(negative).violation == .malformedLength)
        #expect(ReadStream(.binary([UInt8](repeating: 1, count: 126))).ending == nil)
    }

    @Test("what is wrong is found by the first byte that shows it")
    func early() {
        #expect(ReadStream([0xc2]).violation == .reservedBits)
        #expect(ReadStream([0x83]).violation == .unknownOpcode)
        #expect(ReadStream([0x09]).violation == .fragmentedControl)
        #expect(ReadStream([0x82, 0x05]).violation == .unmaskedFrame)
        #expect(ReadStream([0x89, 0xfe]).violation == .largeControl)
        #expect(ReadStream([0x82, 0xfe, 0, 5]).violation == .malformedLength)
        #expect(ReadStream([0x82, 0xfe, 0]).ending == nil)
    }
}
