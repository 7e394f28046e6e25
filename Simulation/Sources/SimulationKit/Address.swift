import DERPKit

/// The addresses of the simulated network, as numbers in host order.
enum Address {
    static let port: UInt16 = 80
    static let stunPort: UInt16 = 3478

    static func relay(_ index: Int) -> UInt32 { 0x0a00_0000 + UInt32(index) + 1 }
    static func client(_ index: Int) -> UInt32 { 0x0a01_0000 + UInt32(index) + 1 }

    static let maps: UInt32 = 0x0a02_0001
    static let controller: UInt32 = 0x0a02_0002
    static let hostileNode: UInt32 = 0x0a02_0003

    static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> $0 & 0xff) }.joined(separator: ".")
    }
}
