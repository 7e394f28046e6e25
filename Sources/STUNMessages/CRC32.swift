/// The CRC-32 of ITU-T V.42, on which FINGERPRINT is based (RFC 8489 §14.7).
enum CRC32 {
    /// Eight tables of 256 entries, to process eight bytes per step (slicing-by-8).
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xff)]
        }
        return tables
    }()

    /// Returns the checksum of all of `bytes`. Doesn't allocate.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        self.tables.withUnsafeBufferPointer { tables in
            var crc = ~UInt32(0)
            var offset = 0
            while bytes.count - offset >= 8 {
                let word =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
                let near =
                    tables[0x700 + Int(word & 0xff)] ^ tables[0x600 + Int(word >> 8 & 0xff)]
                    ^ tables[0x500 + Int(word >> 16 & 0xff)] ^ tables[0x400 + Int(word >> 24 & 0xff)]
                let far =
                    tables[0x300 + Int(word >> 32 & 0xff)] ^ tables[0x200 + Int(word >> 40 & 0xff)]
                    ^ tables[0x100 + Int(word >> 48 & 0xff)] ^ tables[Int(word >> 56)]
                crc = near ^ far
                offset += 8
            }
            while offset < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xff)]
                offset += 1
            }
            return ~crc
        }
    }
}
