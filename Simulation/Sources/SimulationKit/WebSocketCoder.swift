import CSimulatedSystem

/// A client's side of a WebSocket (RFC 6455), written without the code under test.
struct WebSocketCoder {
    /// What has come and isn't a whole frame yet.
    private var raw: [UInt8] = []
    /// What is to be sent in answer to what came.
    private(set) var answers: [UInt8] = []
    private(set) var hasEnded = false

    static let request =
        "GET /derp HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Protocol: derp\r\n\r\n"

    /// Masked messages with `bytes`, cut anywhere.
    func wrap(_ bytes: [UInt8]) -> [UInt8] {
        var messages: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let isCut = csim_random() % 4 == 0
            let part = rest.prefix(isCut ? 1 + Int(csim_random() % UInt64(rest.count)) : 60_000)
            messages += Self.frame(0x2, part)
            rest = rest.dropFirst(part.count)
        }
        return messages
    }

    private static func frame(_ opcode: UInt8, _ payload: ArraySlice<UInt8>) -> [UInt8] {
        let count = payload.count
        let size: [UInt8] =
            count < 126 ? [0x80 | UInt8(count)] : [0x80 | 126, UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
        let mask = (0..<4).map { _ in UInt8(truncatingIfNeeded: csim_random()) }
        return [0x80 | opcode] + size + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// Returns what the messages in `bytes` carry.
    mutating func unwrap(_ bytes: [UInt8]) -> [UInt8] {
        self.raw += bytes
        var carried: [UInt8] = []
        var start = 0
        while self.raw.count - start >= 2 {
            let short = Int(self.raw[start + 1] & 0x7f)
            let extra = short == 126 ? 2 : short == 127 ? 8 : 0
            guard self.raw.count - start >= 2 + extra else { break }
            let count = extra == 0 ? short : self.raw[start + 2..<start + 2 + extra].reduce(0) { $0 << 8 | Int($1) }
            let end = start + 2 + extra + count
            guard self.raw.count >= end else { break }
            let payload = self.raw[start + 2 + extra..<end]
            switch self.raw[start] & 0x0f {
            case 0x8:
                self.hasEnded = true
                self.answers += Self.frame(0x8, payload)
            case 0x9: self.answers += Self.frame(0xa, payload)
            case 0xa: break
            default: carried += payload
            }
            start = end
        }
        self.raw.removeSubrange(..<start)
        return carried
    }

    mutating func takeAnswers() -> [UInt8] {
        defer { self.answers = [] }
        return self.answers
    }
}
