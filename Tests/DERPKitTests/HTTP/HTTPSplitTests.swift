import DERPKit
import TestSupport
import Testing

@Suite("HTTP request heads, split and mutated")
struct HTTPSplitTests {
    private static let wellFormed = [
        "GET /derp HTTP/1.1\r\nHost: a\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 1\r\n\r\n\u{2}\0\0",
        "\r\nHEAD http://h:80/p?q HTTP/1.0\r\nA:b\r\n B",
        "\r\nHEAD http://h:80/p?q HTTP/1.0\r\nA:b\r\n\r\nGET",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]:443\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nhost:\r\n\r\n",
        "POST / HTTP/1.9\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\nX: \u{e9}\r\n\r\n0123456789",
    ]

    private static let inputs = Self.wellFormed.map { Array($0.utf8) } + Malformed.heads.map { Array($0.text.utf8) }

    @Test("Every split in two, and byte by byte, gives the verdict of the whole", arguments: Self.inputs)
    func splitInTwo(bytes: [UInt8]) {
        let whole = HTTPRequestParser.parse(bytes)
        for cut in 0...bytes.count {
            #expect(HTTPRequestParser.parse(bytes, cuts: [cut]) == whole)
        }
        #expect(HTTPRequestParser.parse(bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test("Mutated requests trap nothing, keep within bounds, and split alike", arguments: 0..<8 as Range<UInt64>)
    func mutated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<1_000 {
            let bytes = Self.mutant(using: &random)
            let whole = HTTPRequestParser.parse(bytes)
            if case .head(let head, let byteCount) = whole {
                #expect((1...min(bytes.count, HTTPRequestParser.maxHeadByteCount)).contains(byteCount))
                #expect(head.fields.count <= HTTPRequestParser.maxFieldCount)
                #expect(head.path.utf8.count <= byteCount)
                #expect((head.authority?.host.utf8.count ?? 0) <= 255)
            }
            if whole == .incomplete { #expect(bytes.count < HTTPRequestParser.maxHeadByteCount) }
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            #expect(HTTPRequestParser.parse(bytes, cuts: cuts) == whole, "seed \(seed): \(bytes)")
        }
    }

    /// One of the inputs after up to eight changes: bytes replaced, put in, cut out, or repeated many times.
    private static func mutant(using random: inout SplitMix64) -> [UInt8] {
        var bytes = Self.inputs.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, index + Int.random(in: 0...8, using: &random))
            let byte =
                Bool.random(using: &random) ? UInt8.random(in: .min ... .max, using: &random) : Self.telling(&random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2: bytes.insert(byte, at: index)
            case 3...4: if index < bytes.count { bytes[index] = byte }
            case 5: bytes.removeSubrange(index..<end)
            case 6: bytes.insert(contentsOf: bytes[index..<end], at: index)
            default:
                let times = Int.random(in: 0...3_000, using: &random)
                bytes.insert(contentsOf: (0..<times).flatMap { _ in bytes[index..<end] }, at: index)
            }
        }
        return bytes
    }

    private static func telling(_ random: inout SplitMix64) -> UInt8 {
        Array("\r\n \t:/?*[]@,.0A".utf8).randomElement(using: &random) ?? 0
    }
}
