import CAsyncSockets
import Testing

@testable import AsyncSockets

/// The traces of RFC 8448: the application data of the simple handshake in §3 as the record layer reads and writes it, and
/// further records, also of handshakes, under the keys that follow from their secrets.
@Suite struct RFC8448Tests {
    private static let clientSecret = bytes(
        hex: "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
    )
    private static let serverSecret = bytes(
        hex: "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"
    )
    private static let data = Array<UInt8>(0...0x31)

    private static let clientData = bytes(
        hex: """
            17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f 2b 98 19 a8
            a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4
            """
    )
    private static let clientAlert = bytes(
        hex: "17 03 03 00 13 c9 87 27 60 65 56 66 b7 4d 7f f1 15 3e fd 6d b6 d0 b0 e3"
    )
    private static let serverTicket = bytes(
        hex: """
            17 03 03 00 de 3a 6b 8f 90 41 4a 97 d6 95 9c 34 87 68 0d e5 13 4a 2b 24 0e 6c ff ac 11 6e 95 d4 1d 6a f8 f6
            b5 80 dc f3 d1 1d 63 c7 58 db 28 9a 01 59 40 25 2f 55 71 3e 06 1d c1 3e 07 88 91 a3 8e fb cf 57 53 ad 8e f1
            70 ad 3c 73 53 d1 6d 9d a7 73 b9 ca 7f 2b 9f a1 b6 c0 d4 a3 d0 3f 75 e0 9c 30 ba 1e 62 97 2a c4 6f 75 f7 b9
            81 be 63 43 9b 29 99 ce 13 06 46 15 13 98 91 d5 e4 c5 b4 06 f1 6e 3f c1 81 a7 7c a4 75 84 00 25 db 2f 0a 77
            f8 1b 5a b0 5b 94 c0 13 46 75 5f 69 23 2c 86 51 9d 86 cb ee ac 87 aa c3 47 d1 43 f9 60 5d 64 f6 50 db 4d 02
            3e 70 e9 52 ca 49 fe 51 37 12 1c 74 bc 26 97 68 7e 24 87 46 d6 df 35 30 05 f3 bc e1 86 96 12 9c 81 53 55 6b
            3b 6c 67 79 b3 7b f1 59 85 68 4f
            """
    )
    private static let serverData = bytes(
        hex: """
            17 03 03 00 43 2e 93 7e 11 ef 4a c7 40 e5 38 ad 36 00 5f c4 a4 69 32 fc 32 25 d0 5f 82 aa 1b 36 e3 0e fa f9
            7d 90 e6 df fc 60 2d cb 50 1a 59 a8 fc c4 9c 4b f2 e5 f0 a2 1c 00 47 c2 ab f3 32 54 0d d0 32 e1 67 c2 95 5d
            """
    )
    private static let serverAlert = bytes(
        hex: "17 03 03 00 13 b5 8f d6 71 66 eb f5 99 d2 47 20 cf be 7e fa 7a 88 64 a9"
    )

    private func keys(_ secret: [UInt8], encrypts: Bool) throws -> TrafficKeys {
        let suite = try #require(TLSCipherSuite(number: 0x1301))
        return try #require(TrafficKeys(suite: suite, secret: secret, encrypts: encrypts))
    }

    private func layer(isServer: Bool) throws -> TLSRecordLayer {
        TLSRecordLayer(
            reading: try self.keys(isServer ? Self.clientSecret : Self.serverSecret, encrypts: false),
            writing: try self.keys(isServer ? Self.serverSecret : Self.clientSecret, encrypts: true),
            isServer: isServer
        )
    }

    @Test(
        "HKDF-Expand-Label gives the keys and IVs of both application traffic secrets",
        arguments: [
            (clientSecret, "key", "17422dda596ed5d9acd890e3c63f5051"), (clientSecret, "iv", "5b78923dee08579033e523d9"),
            (serverSecret, "key", "9f02283b6c9c07efc26bb9f2ac92e356"), (serverSecret, "iv", "cf782b88dd83549aadf1e984"),
        ]
    )
    func keyMaterial(secret: [UInt8], label: String, expected: String) throws {
        let suite = try #require(TLSCipherSuite(number: 0x1301))
        let expected = bytes(hex: expected)
        var output = [UInt8](repeating: 0, count: expected.count)
        #expect(cas_hkdf_expand_label(suite.hash, secret, label, &output, output.count) == 1)
        #expect(output == expected)
    }

    @Test("The client writes the trace's records, byte for byte")
    func clientWrites() throws {
        let client = try self.layer(isServer: false)
        #expect(try #require(client.seal(Self.data)).sent == Self.clientData)
        #expect(client.close() == Self.clientAlert)
    }

    @Test("The server reads them, and writes the trace's behind the ticket, which it doesn't send itself")
    func server() throws {
        let server = try self.layer(isServer: true)
        let read = server.open(Self.clientData + Self.clientAlert)
        #expect(read.plaintext == Self.data && read.isClosed && read.failure == nil)

        let ticketSize = Self.serverTicket.count - 5 - 16 - 1
        #expect(server.seal([UInt8](repeating: 0, count: ticketSize))?.sent.count == Self.serverTicket.count)
        #expect(server.seal(Self.data)?.sent == Self.serverData)
        #expect(server.close() == Self.serverAlert)
    }

    @Test("The client reads ticket, data and close_notify, however they are split", arguments: [1, 2, 5, 7, 64, 1000])
    func clientReads(size: Int) throws {
        let client = try self.layer(isServer: false)
        let read = client.open(Self.serverTicket + Self.serverData + Self.serverAlert, inPiecesOf: size)
        #expect(read.plaintext == Self.data && read.isClosed && read.failure == nil && read.sent.isEmpty)
    }

    @Test(
        "Each record opens to its content, and the content is sealed to the record",
        arguments: RFC8448Records.directions
    )
    func records(_ direction: RFC8448Records.Direction) throws {
        let reading = try self.keys(direction.secret, encrypts: false)
        let writing = try self.keys(direction.secret, encrypts: true)
        for record in direction.records {
            #expect(reading.open(record.bytes) == record.content + [record.type])
            #expect(writing.seal(record.content, type: record.type) == record.bytes)
        }
    }

    @Test("A server's first flight opens to its messages, up to Finished", arguments: RFC8448Records.serverFlights)
    func serverFlight(_ flight: RFC8448Records.ServerFlight) throws {
        let inner = try #require(try self.keys(flight.secret, encrypts: false).open(flight.record))
        #expect(inner.last == 22)
        var types: [UInt8] = []
        var rest = inner.dropLast()[...]
        while rest.count >= 4 {
            let size = rest.dropFirst().prefix(3).reduce(0) { $0 << 8 | Int($1) }
            types.append(try #require(rest.first))
            rest = rest.dropFirst(4 + size)
        }
        #expect(types == [8, 11, 15, 20] && rest.isEmpty)
        #expect(try self.keys(flight.secret, encrypts: true).seal(Array(inner.dropLast()), type: 22) == flight.record)
    }

    @Test("A record opens with no other number than its own")
    func order() throws {
        let direction = try #require(RFC8448Records.directions.last)
        let (first, second) = (direction.records[0], direction.records[1])
        let reading = try self.keys(direction.secret, encrypts: false)
        #expect(reading.open(second.bytes) == nil)
        #expect(reading.open(second.bytes) == second.content + [second.type])
        #expect(reading.open(first.bytes) == nil)
    }
}
