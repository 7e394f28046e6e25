import Testing

@testable import AsyncSockets

/// Records that no honest peer sends: each ends the connection with the alert that RFC 8446 names.
@Suite struct MalformedRecordTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let alert: TLSRecord.Alert
        let make: @Sendable (RecordForger) -> [UInt8]

        init(_ name: String, _ alert: TLSRecord.Alert, _ make: @escaping @Sendable (RecordForger) -> [UInt8]) {
            self.testDescription = name
            self.alert = alert
            self.make = make
        }
    }

    private static func flipping(_ record: [UInt8], at index: Int) -> [UInt8] {
        var record = record
        record[index] ^= 1
        return record
    }

    private static let headers = [
        Case("change_cipher_spec after the handshake (§5)", .unexpectedMessage) { _ in [20, 3, 3, 0, 1, 1] },
        Case("an alert in the clear", .unexpectedMessage) { _ in [21, 3, 3, 0, 2, 1, 0] },
        Case("a handshake record in the clear", .unexpectedMessage) { _ in [22, 3, 3, 0, 5, 24, 0, 0, 1, 0] },
        Case("a record of an unknown type", .unexpectedMessage) { _ in
            [24, 3, 3, 0, 20] + [UInt8](repeating: 0, count: 20)
        },
        Case("plain HTTP", .unexpectedMessage) { _ in Array("GET / HTTP/1.1\r\n\r\n".utf8) },
        Case("more than 2^14 + 256 bytes, known by the header alone (§5.2)", .recordOverflow) { _ in
            [23, 3, 3, 0x41, 1]
        },
        Case("65,535 bytes", .recordOverflow) { _ in [23, 3, 3, 255, 255] },
        Case("no bytes", .badRecordMAC) { _ in [23, 3, 3, 0, 0] },
        Case("no more than a tag", .badRecordMAC) { _ in [23, 3, 3, 0, 16] + [UInt8](repeating: 0, count: 16) },
    ]

    private static let protections = [
        Case("a changed tag", .badRecordMAC) { forger in
            let record = forger.data("hello")
            return Self.flipping(record, at: record.count - 1)
        },
        Case("a changed first byte", .badRecordMAC) { Self.flipping($0.data("hello"), at: 5) },
        Case("a changed version, which the tag covers too", .badRecordMAC) { Self.flipping($0.data("hello"), at: 2) },
        Case("a record left out", .badRecordMAC) { forger in
            _ = forger.data("lost")
            return forger.data("hello")
        },
        Case("a record twice", .badRecordMAC) { forger in
            let record = forger.record(.applicationData, [])
            return record + record
        },
        Case("the old key after KeyUpdate", .badRecordMAC) { forger in
            forger.record(.handshake, [24, 0, 0, 1, 0]) + forger.data("hello")
        },
    ]

    private static let contents = [
        Case("nothing but padding (§5.4)", .unexpectedMessage) { $0.record(inner: [0]) },
        Case("much padding and nothing else", .unexpectedMessage) {
            $0.record(inner: [UInt8](repeating: 0, count: 16_385))
        },
        Case("content of type 0", .unexpectedMessage) { $0.record(inner: [1, 2, 3, 0]) },
        Case("content of an unknown type", .unexpectedMessage) { $0.record(inner: [1, 2, 3, 24]) },
        Case("an encrypted change_cipher_spec (§5)", .unexpectedMessage) { $0.record(.changeCipherSpec, [1]) },
        Case("more than 2^14 bytes of content", .recordOverflow) {
            $0.record(.applicationData, [UInt8](repeating: 1, count: 16_385))
        },
        Case("content and padding of more than 2^14 + 1 bytes (§5.4)", .recordOverflow) {
            $0.record(.applicationData, [1], padding: 16_384)
        },
        Case("as much as a record can hold", .recordOverflow) {
            $0.record(.applicationData, [UInt8](repeating: 1, count: 16_623))
        },
        Case("an empty alert (§5.4)", .unexpectedMessage) { $0.record(.alert, []) },
        Case("half an alert", .decodeError) { $0.record(.alert, [1]) },
        Case("two alerts in one record (§5.1)", .decodeError) { $0.record(.alert, [1, 90, 1, 0]) },
    ]

    @Test(
        "The alert is sent once, nothing is delivered, and nothing works afterwards",
        arguments: headers + protections + contents
    )
    func malformed(_ malformed: Case) throws {
        for size in [1, 7, 100_000] {
            let forger = try RecordForger()
            let read = forger.layer.open(malformed.make(forger), inPiecesOf: size)
            #expect(read.failure != nil && !read.isClosed && read.plaintext.isEmpty)
            #expect(try forger.opened(read.sent) == [.alert(malformed.alert)])
            expectBroken(forger)
        }
    }

    @Test("What came before a malformed record is counted, and nothing behind it")
    func behindGoodRecords() throws {
        let forger = try RecordForger()
        let good = forger.data("good")
        let read = forger.layer.open(good + Self.flipping(forger.data("bad"), at: 9) + forger.data("ugly"))
        #expect(read.text == "good" && read.failure != nil)
        expectBroken(forger)
    }

    @Test("A record in the clear is refused before it is whole")
    func early() throws {
        let forger = try RecordForger()
        let read = forger.layer.open([22, 3, 3, 0x40, 0])
        #expect(try forger.opened(read.sent) == [.alert(.unexpectedMessage)])
    }

    @Test("Every flipped bit of a record is found out", arguments: RecordForger.suites)
    func everyBit(suite: UInt16) throws {
        for bit in 0..<(5 + 5 + 1 + 16) * 8 {
            let forger = try RecordForger(suite: suite)
            var record = forger.data("hello")
            record[bit / 8] ^= 1 << (bit % 8)
            // A changed size may wait for more; enough of it comes.
            let read = forger.layer.open(record + [UInt8](repeating: 0, count: 17_000))
            #expect(read.plaintext.isEmpty && read.failure != nil, "bit \(bit)")
        }
    }

    @Test("A failure leaves no error behind for the other sessions of the thread", arguments: RecordForger.suites)
    func errorQueue(suite: UInt16) throws {
        let forger = try RecordForger(suite: suite)
        _ = TLSContext.lastReason()
        #expect(forger.layer.open(Self.flipping(forger.data("hello"), at: 8)).failure != nil)
        #expect(TLSContext.lastReason() == "unknown TLS error")
    }
}

/// Nothing is read or written any more, not even an alert.
func expectBroken(_ forger: RecordForger) {
    let read = forger.layer.open(forger.data("more"))
    #expect(read.plaintext.isEmpty && read.sent.isEmpty && !read.isClosed)
    #expect(read.failure != nil)
    #expect(forger.layer.seal([1, 2, 3]) == nil)
    #expect(forger.layer.close().isEmpty)
}
