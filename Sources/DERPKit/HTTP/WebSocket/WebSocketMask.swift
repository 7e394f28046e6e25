/// The four bytes with which a client repeatedly masks a frame (RFC 6455 §5.3), and the current position.
struct WebSocketMask: Hashable, Sendable {
    /// The key with its first byte lowest, rotated so that this byte belongs to the payload's next byte.
    private var key: UInt32

    /// - Parameter bytes: The key as it is in the header.
    init(_ bytes: UInt32) {
        self.key = UInt32(littleEndian: bytes)
    }

    /// Unmasks the payload's next bytes. `output` may be in the same memory as `input`, at the same place or before it.
    mutating func remove(from input: UnsafeRawBufferPointer, to output: UnsafeMutableRawPointer) {
        guard let source = input.baseAddress else { return }
        let word = (UInt64(self.key) << 32 | UInt64(self.key)).littleEndian
        let words = SIMD4(repeating: word)
        var next = 0
        // Each step loads before it stores, so the memory may overlap.
        while input.count - next >= 32 {
            let masked = source.loadUnaligned(fromByteOffset: next, as: SIMD4<UInt64>.self)
            output.storeBytes(of: masked ^ words, toByteOffset: next, as: SIMD4<UInt64>.self)
            next += 32
        }
        while input.count - next >= 8 {
            let masked = source.loadUnaligned(fromByteOffset: next, as: UInt64.self)
            output.storeBytes(of: masked ^ word, toByteOffset: next, as: UInt64.self)
            next += 8
        }
        while next < input.count {
            let masked = source.load(fromByteOffset: next, as: UInt8.self)
            output.storeBytes(of: masked ^ UInt8(truncatingIfNeeded: self.key), toByteOffset: next, as: UInt8.self)
            self.key = self.key >> 8 | self.key << 24
            next += 1
        }
    }
}
