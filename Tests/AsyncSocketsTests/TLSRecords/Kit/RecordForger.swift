import Testing

@testable import AsyncSockets

/// The other end of a record layer under test, which can encrypt what no honest peer sends.
final class RecordForger {
    static let suites: [UInt16] = [0x1301, 0x1302, 0x1303]

    /// The layer under test.
    let layer: TLSRecordLayer
    let writing: TrafficKeys
    private let reading: TrafficKeys

    init(suite number: UInt16 = 0x1301, isServer: Bool = true, recordsPerKey: UInt64 = TLSRecordLayer.recordsPerKey)
        throws
    {
        let suite = try #require(TLSCipherSuite(number: number))
        let there = (0..<suite.secretSize).map { UInt8($0) }
        let back = (0..<suite.secretSize).map { UInt8(200 - $0) }
        self.layer = TLSRecordLayer(
            reading: try #require(TrafficKeys(suite: suite, secret: there, encrypts: false)),
            writing: try #require(TrafficKeys(suite: suite, secret: back, encrypts: true)),
            isServer: isServer,
            recordsPerKey: recordsPerKey
        )
        self.writing = try #require(TrafficKeys(suite: suite, secret: there, encrypts: true))
        self.reading = try #require(TrafficKeys(suite: suite, secret: back, encrypts: false))
    }

    /// A record around `inner`, which is content, type and padding (RFC 8446 §5.2), and not empty.
    func record(inner: [UInt8], version: UInt16 = 0x0303) -> [UInt8] {
        let bodyCount = inner.count + TLSRecord.tagCount
        var record: [UInt8] = [
            23, UInt8(version >> 8), UInt8(version & 255), UInt8(bodyCount >> 8), UInt8(bodyCount & 255),
        ]
        let header = record
        record += [UInt8](repeating: 0, count: bodyCount)
        let isSealed = record.withUnsafeMutableBytes { output in
            inner.dropLast().withUnsafeBytes { text in
                header.withUnsafeBytes {
                    self.writing.seal(
                        text,
                        type: inner.last ?? 0,
                        header: $0.baseAddress!,
                        to: output.baseAddress! + TLSRecord.headerCount
                    )
                }
            }
        }
        #expect(isSealed)
        return record
    }

    /// A record of this type, with `padding` zeros.
    func record(_ type: TLSRecord.ContentType, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        self.record(inner: content + [type.rawValue] + [UInt8](repeating: 0, count: padding))
    }

    func data(_ text: String) -> [UInt8] {
        self.record(.applicationData, Array(text.utf8))
    }

    /// A KeyUpdate, after which this end writes with the next key.
    func keyUpdate(asking: Bool = false) -> [UInt8] {
        let record = self.record(.handshake, [24, 0, 0, 1, asking ? 1 : 0])
        #expect(self.writing.update())
        return record
    }

    /// What the layer sent, opened: type and content of each record. A KeyUpdate is obeyed.
    func opened(_ sent: [UInt8]) throws -> [SentRecord] {
        var records: [SentRecord] = []
        var rest = sent[...]
        while !rest.isEmpty {
            try #require(rest.count >= 5)
            let start = rest.startIndex
            let bodyCount = Int(rest[start + 3]) << 8 | Int(rest[start + 4])
            try #require(Array(rest.prefix(3)) == [23, 3, 3] && rest.count >= 5 + bodyCount)
            try #require((17...16_640).contains(bodyCount))
            var inner = [UInt8](repeating: 0, count: bodyCount - TLSRecord.tagCount)
            let isOpened = inner.withUnsafeMutableBytes { inner in
                rest.withUnsafeBytes {
                    self.reading.open($0.baseAddress!, bodyCount: bodyCount, to: inner.baseAddress!)
                }
            }
            try #require(isOpened)
            let record = SentRecord(type: inner.last ?? 0, content: inner.dropLast())
            records.append(record)
            if record.type == 22 { #expect(self.reading.update()) }
            rest = rest.dropFirst(5 + bodyCount)
        }
        return records
    }
}

/// What one record of the layer under test held.
struct SentRecord: Hashable {
    let type: UInt8
    let content: [UInt8]

    static func alert(_ alert: TLSRecord.Alert) -> Self {
        Self(type: 21, content: [alert == .closeNotify ? 1 : 2, alert.rawValue])
    }

    /// A KeyUpdate that asks for none in return.
    static let keyUpdate = Self(type: 22, content: [24, 0, 0, 1, 0])
}
