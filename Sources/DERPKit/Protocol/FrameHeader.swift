/// The header of every frame: its type, and the size of what follows, in bytes.
@_spi(Benchmarks) public struct FrameHeader: Hashable, Sendable {
    /// The size of a header on the wire, in bytes.
    @_spi(Benchmarks) public static let byteCount = 5

    @_spi(Benchmarks) public var type: FrameType
    @_spi(Benchmarks) public var payloadCount: UInt32

    @_spi(Benchmarks) public init(type: FrameType, payloadCount: UInt32) {
        self.type = type
        self.payloadCount = payloadCount
    }

    /// Reads 5 bytes at `pointer`.
    @inline(__always)
    @_spi(Benchmarks) public init(_ pointer: UnsafeRawPointer) {
        self.type = FrameType(rawValue: pointer.load(as: UInt8.self))
        self.payloadCount = UInt32(bigEndian: pointer.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    }

    /// Writes 5 bytes at `pointer`.
    @inline(__always)
    @_spi(Benchmarks) public func store(to pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: self.type.rawValue, as: UInt8.self)
        pointer.storeBytes(of: self.payloadCount.bigEndian, toByteOffset: 1, as: UInt32.self)
    }
}
