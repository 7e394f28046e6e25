/// The stamp of a test packet. It determines the whole packet, so that the receiver can check every byte.
///
/// The packet consists of 64-bit words in the machine's byte order: flow and size, sequence number, time, and then a
/// counter that begins at a hash of these three.
package struct PacketStamp: Hashable, Sendable {
    /// The size of the smallest packet with a stamp and a word of pattern, in bytes.
    static let minimumSize = 32

    package var flow: UInt32
    /// The packet's size in bytes.
    package var size: UInt32
    package var sequence: UInt64
    /// When the packet was due, in nanoseconds on the monotonic clock.
    package var time: UInt64

    private static let wordSize = 8
    private static let headWords = 3
    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    init(flow: UInt32, size: UInt32, sequence: UInt64, time: UInt64) {
        self.flow = flow
        self.size = size
        self.sequence = sequence
        self.time = time
    }

    @inline(__always)
    private var first: UInt64 { UInt64(self.flow) << 32 | UInt64(self.size) }

    /// The first word of the pattern (the finaliser of SplitMix64 over the stamp).
    @inline(__always)
    private var seed: UInt64 {
        var value = self.first &* Self.step ^ self.sequence
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9 ^ self.time
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// Writes the whole packet, `size` bytes, to `pointer`.
    @inline(__always)
    func write(to pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: self.first, as: UInt64.self)
        pointer.storeBytes(of: self.sequence, toByteOffset: 8, as: UInt64.self)
        pointer.storeBytes(of: self.time, toByteOffset: 16, as: UInt64.self)
        var word = self.seed
        let count = Int(self.size)
        var offset = Self.headWords * Self.wordSize
        while offset + Self.wordSize <= count {
            pointer.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
            word &+= Self.step
            offset += Self.wordSize
        }
        while offset < count {
            pointer.storeBytes(of: UInt8(truncatingIfNeeded: word), toByteOffset: offset, as: UInt8.self)
            word >>= 8
            offset += 1
        }
    }

    /// Reads a packet; `nil` if its size or any byte differs from what was written.
    @inline(__always)
    init?(verifying packet: UnsafeRawBufferPointer) {
        guard packet.count >= Self.minimumSize, let pointer = packet.baseAddress else { return nil }
        let first = pointer.loadUnaligned(as: UInt64.self)
        self.flow = UInt32(first >> 32)
        self.size = UInt32(truncatingIfNeeded: first)
        self.sequence = pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        self.time = pointer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        guard Int(self.size) == packet.count else { return nil }
        var word = self.seed
        var difference: UInt64 = 0
        var offset = Self.headWords * Self.wordSize
        while offset + Self.wordSize <= packet.count {
            difference |= word ^ pointer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            word &+= Self.step
            offset += Self.wordSize
        }
        while offset < packet.count {
            difference |= UInt64(UInt8(truncatingIfNeeded: word) ^ pointer.load(fromByteOffset: offset, as: UInt8.self))
            word >>= 8
            offset += 1
        }
        guard difference == 0 else { return nil }
    }
}
