import TestSupport
import Testing

@testable import STUNMessages

@Suite("CRC-32")
struct CRC32Tests {
    @Test("has the check value of the standard")
    func checkValue() {
        #expect(Self.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
    }

    @Test("of any length and alignment is what a bit-by-bit computation gives")
    func agreesWithDefinition() {
        let bytes = (0..<80).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        for start in 0..<8 {
            for end in start...bytes.count {
                #expect(Self.checksum(bytes[start..<end]) == STUNSample.crc32(bytes[start..<end]))
            }
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { CRC32.checksum($0) }
    }

    /// Without a copy, so that the bytes keep their alignment.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { CRC32.checksum($0) }
    }
}
