import Testing

@testable import AsyncSockets

/// Handshake messages after the handshake (RFC 8446 §4.6).
@Suite struct PostHandshakeTests {
    @Test("After a KeyUpdate the next key opens records, again and again", arguments: RecordForger.suites)
    func updates(suite: UInt16) throws {
        let forger = try RecordForger(suite: suite)
        for round in 0..<20 {
            let read = forger.layer.open(forger.keyUpdate() + forger.data("\(round)"))
            #expect(read.text == "\(round)" && read.failure == nil && read.sent.isEmpty)
        }
    }

    @Test("A KeyUpdate that asks for one is answered before the next data, once however many asked (§4.6.3)")
    func answers() throws {
        let forger = try RecordForger()
        var stream: [UInt8] = []
        for _ in 0..<5 { stream += forger.keyUpdate(asking: true) + forger.data("x") }
        var sent = forger.layer.open(stream).sent
        sent += try #require(forger.layer.seal(Array("data".utf8))).sent
        sent += try #require(forger.layer.seal(Array("more".utf8))).sent
        #expect(
            try forger.opened(sent) == [
                .keyUpdate, SentRecord(type: 23, content: Array("data".utf8)),
                SentRecord(type: 23, content: Array("more".utf8)),
            ]
        )
    }

    @Test("Asking without ever reading the answers costs no memory: nothing is sent until there is data")
    func boundedAnswers() throws {
        let forger = try RecordForger()
        for _ in 0..<200 {
            #expect(forger.layer.open(forger.keyUpdate(asking: true)).sent.isEmpty)
            for _ in 0..<8 { #expect(forger.layer.open(forger.data("x")).text == "x") }
        }
        let sent = try #require(forger.layer.seal([1])).sent
        #expect(try forger.opened(sent) == [.keyUpdate, SentRecord(type: 23, content: [1])])
    }

    @Test("An answer finds room or waits, and the data waits with it")
    func answerNeedsRoom() throws {
        for room in 0..<120 {
            let forger = try RecordForger()
            #expect(forger.layer.open(forger.keyUpdate(asking: true)).failure == nil)
            let first = try #require(forger.layer.seal([1, 2, 3], room: room))
            let second = try #require(forger.layer.seal(Array([1, 2, 3].dropFirst(first.count))))
            let records = try forger.opened(first.sent + second.sent)
            #expect(records == [.keyUpdate, SentRecord(type: 23, content: [1, 2, 3])])
        }
    }

    @Test("A KeyUpdate may be cut into records anywhere (§5.1)", arguments: 1...4)
    func cut(position: Int) throws {
        let forger = try RecordForger()
        let message: [UInt8] = [24, 0, 0, 1, 0]
        let first = forger.record(.handshake, Array(message[..<position]))
        let second = forger.record(.handshake, Array(message[position...]))
        #expect(forger.writing.update())
        let read = forger.layer.open(first + second + forger.data("x"))
        #expect(read.text == "x" && read.failure == nil)
    }

    @Test(
        "No other record may come between the parts of a message (§5.1)",
        arguments: [(.applicationData, [1]), (.applicationData, []), (.alert, [1, 0]), (.alert, [1, 90])]
            as [(TLSRecord.ContentType, [UInt8])]
    )
    func interleaved(type: TLSRecord.ContentType, content: [UInt8]) throws {
        for isServer in [true, false] {
            let forger = try RecordForger(isServer: isServer)
            let begun = isServer ? [24, 0] as [UInt8] : [4, 0, 0, 90, 1, 2, 3]
            let read = forger.layer.open(forger.record(.handshake, begun) + forger.record(type, content))
            #expect(read.failure != nil && read.plaintext.isEmpty && !read.isClosed)
            #expect(try forger.opened(read.sent) == [.alert(.unexpectedMessage)])
            expectBroken(forger)
        }
    }

    @Test(
        "Malformed or uncalled-for messages",
        arguments: [
            ([], .unexpectedMessage), ([24, 0, 0, 1, 2], .illegalParameter), ([24, 0, 0, 1, 255], .illegalParameter),
            ([24, 0, 0, 0], .decodeError), ([24, 0, 0, 2, 0, 0], .decodeError), ([24, 1, 0, 1, 0], .decodeError),
            ([24, 0, 0, 1, 0, 24, 0, 0, 1, 0], .unexpectedMessage), ([24, 0, 0, 1, 0, 0], .unexpectedMessage),
            ([1, 0, 0, 1, 0], .unexpectedMessage), ([0, 0, 0, 0], .unexpectedMessage),
            ([20, 0, 0, 32], .unexpectedMessage), ([13, 0, 0, 20], .unexpectedMessage),
            ([5, 0, 0, 0], .unexpectedMessage),
            ([255, 255, 255, 255], .unexpectedMessage),
        ] as [([UInt8], TLSRecord.Alert)]
    )
    func malformed(content: [UInt8], alert: TLSRecord.Alert) throws {
        for isServer in [true, false] {
            let forger = try RecordForger(isServer: isServer)
            let read = forger.layer.open(forger.record(.handshake, content))
            #expect(read.failure != nil && read.plaintext.isEmpty)
            #expect(try forger.opened(read.sent) == [.alert(alert)])
            expectBroken(forger)
        }
    }

    @Test("A server takes no tickets")
    func ticketForServer() throws {
        let forger = try RecordForger(isServer: true)
        let read = forger.layer.open(forger.record(.handshake, [4, 0, 0, 3, 1, 2, 3]))
        #expect(try forger.opened(read.sent) == [.alert(.unexpectedMessage)])
    }

    @Test("A client passes over tickets: several in a record, one in several, a KeyUpdate behind one")
    func ticketsForClient() throws {
        let forger = try RecordForger(isServer: false)
        let ticket: [UInt8] = [4, 0, 0, 40] + [UInt8](repeating: 24, count: 40)
        var stream = forger.record(.handshake, ticket + ticket) + forger.data("a")
        stream += forger.record(.handshake, Array(ticket[..<3])) + forger.record(.handshake, Array(ticket[3..<9]))
        stream += forger.record(.handshake, Array(ticket[9...])) + forger.data("b")
        stream += forger.record(.handshake, ticket + [24, 0, 0, 1, 1])
        #expect(forger.writing.update())
        stream += forger.data("c")
        let read = forger.layer.open(stream)
        #expect(read.text == "abc" && read.failure == nil)
    }

    @Test("The largest ticket passes without being kept; a larger one is refused")
    func largeTickets() throws {
        let forger = try RecordForger(isServer: false)
        let size = 131_338
        let ticket =
            [4, UInt8(size >> 16), UInt8(size >> 8 & 255), UInt8(size & 255)] + [UInt8](repeating: 1, count: size)
        for start in stride(from: 0, to: ticket.count, by: 16_384) {
            let piece = Array(ticket[start..<min(start + 16_384, ticket.count)])
            #expect(forger.layer.open(forger.record(.handshake, piece)).failure == nil)
        }
        #expect(forger.layer.open(forger.data("x")).text == "x")

        let read = forger.layer.open(forger.record(.handshake, [4, 2, 1, 11]))
        #expect(try forger.opened(read.sent) == [.alert(.decodeError)])
    }

    @Test(
        "Of records that bring nothing 32 may come at once, and then one for eight with data: none can hold the loop with them",
        arguments: [(.applicationData, []), (.handshake, [24, 0, 0, 1, 0]), (.alert, [1, 90])]
            as [(TLSRecord.ContentType, [UInt8])]
    )
    func uselessRecords(type: TLSRecord.ContentType, content: [UInt8]) throws {
        let forger = try RecordForger()
        func useless() -> [UInt8] {
            let record = forger.record(type, content)
            if type == .handshake { #expect(forger.writing.update()) }
            return record
        }
        for _ in 0..<32 { #expect(forger.layer.open(useless()).failure == nil) }
        for _ in 0..<100 {
            for _ in 0..<8 { #expect(forger.layer.open(forger.data("x")).text == "x") }
            #expect(forger.layer.open(useless()).failure == nil)
        }
        for _ in 0..<7 { #expect(forger.layer.open(forger.data("x")).text == "x") }
        let read = forger.layer.open(useless())
        #expect(read.failure != nil)
        #expect(try forger.opened(read.sent) == [.alert(.unexpectedMessage)])
        expectBroken(forger)
    }

    @Test("A key protects a limited number of records (§5.5), after which both ends continue with the next key")
    func ownUpdates() throws {
        let forger = try RecordForger(recordsPerKey: 3)
        var sent: [UInt8] = []
        for value in 0..<7 { sent += try #require(forger.layer.seal([UInt8(value)])).sent }
        let records = try forger.opened(sent)
        #expect(records.indices.filter { records[$0] == .keyUpdate } == [3, 7])
        #expect(records.filter { $0.type == 23 }.flatMap(\.content) == Array(0..<7))
    }

    @Test("A key's limit is below 2^24.5 records")
    func ownLimit() {
        #expect(Double(TLSRecordLayer.recordsPerKey) < 23_726_566)
    }
}
