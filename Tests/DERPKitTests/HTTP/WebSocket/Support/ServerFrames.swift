/// What a server sent, taken apart strictly: whole, unmasked frames with the shortest lengths.
struct ServerFrames: Equatable {
    struct Frame: Equatable {
        let opcode: UInt8
        let payload: [UInt8]
    }

    var frames: [Frame] = []

    struct Malformed: Error {
        let offset: Int
    }

    init(_ bytes: [UInt8]) throws {
        var next = 0
        while next < bytes.count {
            guard bytes.count - next >= 2, bytes[next] & 0x70 == 0, bytes[next] & 0x80 != 0, bytes[next + 1] < 127
            else {
                throw Malformed(offset: next)
            }
            var count = Int(bytes[next + 1])
            var start = next + 2
            if count == 126 {
                count = Int(bytes[next + 2]) << 8 | Int(bytes[next + 3])
                start += 2
                guard count > 125 else { throw Malformed(offset: next) }
            }
            guard bytes.count - start >= count else { throw Malformed(offset: next) }
            self.frames.append(Frame(opcode: bytes[next] & 0x0f, payload: Array(bytes[start..<start + count])))
            next = start + count
        }
    }

    /// What the messages hold together.
    var stream: [UInt8] { self.frames.filter { $0.opcode == 2 }.flatMap(\.payload) }

    func payloads(_ opcode: UInt8) -> [[UInt8]] { self.frames.filter { $0.opcode == opcode }.map(\.payload) }
}
