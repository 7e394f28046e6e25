import Testing

@testable import AsyncSockets

/// Alerts that a peer sends (RFC 8446 §6).
@Suite struct ClosureTests {
    @Test("close_notify ends reading and not writing (§6.1), at either level", arguments: [1, 2] as [UInt8])
    func halfClose(level: UInt8) throws {
        let forger = try RecordForger()
        let read = forger.layer.open(forger.data("last") + forger.record(.alert, [level, 0]))
        #expect(read.text == "last" && read.isClosed && read.failure == nil && read.sent.isEmpty)

        let sent = try #require(forger.layer.seal(Array("answer".utf8))).sent
        #expect(try forger.opened(sent) == [SentRecord(type: 23, content: Array("answer".utf8))])
        #expect(try forger.opened(forger.layer.close()) == [.alert(.closeNotify)])
    }

    @Test("Whatever comes behind close_notify is ignored (§6.1), even what isn't TLS", arguments: [1, 30, 1000])
    func behindClose(size: Int) throws {
        let forger = try RecordForger()
        let close = forger.record(.alert, [1, 0])
        let read = forger.layer.open(close + forger.data("ignored") + [1, 2, 3, 4, 5, 6, 7], inPiecesOf: size)
        #expect(read.isClosed && read.plaintext.isEmpty && read.failure == nil && read.sent.isEmpty)

        let later = forger.layer.open(forger.data("ignored too"))
        #expect(later.isClosed && later.plaintext.isEmpty && later.failure == nil)
        #expect(forger.layer.seal([1]) != nil)
    }

    @Test("user_canceled only announces close_notify")
    func userCanceled() throws {
        let forger = try RecordForger()
        let read = forger.layer.open(
            forger.record(.alert, [1, 90]) + forger.data("x") + forger.record(.alert, [1, 0])
        )
        #expect(read.text == "x" && read.isClosed && read.failure == nil && read.sent.isEmpty)
    }

    @Test("Any other alert is fatal at any level (§6.2), and isn't answered", arguments: [1, 2] as [UInt8])
    func fatal(level: UInt8) throws {
        for alert in UInt8.min...UInt8.max where alert != 0 && alert != 90 {
            let forger = try RecordForger()
            let read = forger.layer.open(forger.record(.alert, [level, alert]) + forger.data("more"))
            #expect(read.failure != nil && read.plaintext.isEmpty && read.sent.isEmpty && !read.isClosed)
            expectBroken(forger)
        }
    }

    @Test("Closing says so once, and ends writing")
    func closing() throws {
        let forger = try RecordForger()
        #expect(try forger.opened(forger.layer.close()) == [.alert(.closeNotify)])
        #expect(forger.layer.close().isEmpty)
        #expect(forger.layer.seal([1]) == nil)
    }

    @Test("Padding on alerts, handshake messages and data is taken away")
    func padding() throws {
        let forger = try RecordForger()
        var stream = forger.record(.applicationData, Array("a".utf8), padding: 1)
        stream += forger.record(.applicationData, Array("b\0\0".utf8), padding: 300)
        stream += forger.record(.applicationData, Array("c".utf8), padding: 16_383)
        stream += forger.record(.handshake, [24, 0, 0, 1, 0], padding: 77)
        #expect(forger.writing.update())
        stream += forger.record(.alert, [1, 0], padding: 5)
        let read = forger.layer.open(stream)
        #expect(read.text == "ab\0\0c" && read.isClosed && read.failure == nil)
    }
}
