/// The four bytes with which a client masks a frame, over and over (RFC 6455 §5.3), and how far that has got.
struct WebSocketMask: Hashable, Sendable {
    /// The first byte lowest; turned so that it belongs to the payload's next byte.
    private var key: UInt32

    /// - Parameter bytes: the key as it lies in the header.
    init(_ bytes: UInt32) {
        self.key = UInt32(littleEndian: bytes)
    }

    /// Unmasks the payload's next bytes. `output` may lie in the same memory as `input`, at the same place or before it.
    mutating func remove(from input: UnsafeRawBufferPointer, to output: UnsafeMutableRawPointer) {
        guard let source = input.baseAddress else { return }
        let word = (UInt64(self.key) << 32 | UInt64(self.key)).littleEndian
        let words = SIMD4(repeating: word)
        var next = 0
        // Each step loads before it stores, and so the memory may overlap.
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
