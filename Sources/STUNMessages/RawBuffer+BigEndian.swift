extension UnsafeRawBufferPointer {
    /// Reads an integer in network order at any alignment. The caller has checked that it is there.
    func loadBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        Value(bigEndian: self.loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes an integer in network order at any alignment. The caller has checked that there is room.
    func storeBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        self.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }
}
