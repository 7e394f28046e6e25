import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("DERP login")
struct DERPLoginTests {
    private let server = NodePrivateKey()
    private let client = NodePrivateKey()

    private enum Outcome: Equatable {
        case incomplete, refused
        case complete([UInt8], rest: [UInt8])
    }

    /// The first verdict other than `incomplete`, with everything behind the login in the rest.
    private func read(_ pieces: [[UInt8]]) -> Outcome {
        var reader = DERPLoginReader()
        for (index, piece) in pieces.enumerated() {
            switch reader.read(piece) {
            case .incomplete: continue
            case .refused: return .refused
            case .complete(let payload, let rest):
                return .complete(Array(payload), rest: Array(rest) + pieces[(index + 1)...].joined())
            }
        }
        return .incomplete
    }

    private func payload(_ json: [UInt8], from key: NodePrivateKey? = nil) throws -> [UInt8] {
        let key = key ?? self.client
        let box = try #require(SecretBox(privateKey: key, peer: self.server.publicKey))
        return key.publicKey.bytes + box.seal(json)
    }

    @Test("any split of the frame and what follows it gives the same login, and nothing behind it is lost")
    func splits() throws {
        let payload = try self.payload(Array("{}".utf8))
        let bytes = Frame.encode(.clientInfo, payload) + [1, 2, 3]
        let expected = Outcome.complete(payload, rest: [1, 2, 3])
        for cut in 0...bytes.count { #expect(self.read([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected) }
        #expect(self.read(bytes.map { [$0] }) == expected)
        #expect(self.read(bytes.dropLast(4).map { [$0] }) == .incomplete)
    }

    @Test("another first frame is refused at its first byte")
    func otherFrame() {
        for type in UInt8.min...UInt8.max where type != FrameType.clientInfo.rawValue {
            #expect(self.read([[type]]) == .refused)
        }
        #expect(self.read([Array("GET / HTTP/1.1".utf8)]) == .refused)
    }

    @Test("a size that no ClientInfo has is refused by the header, without waiting for the rest")
    func sizes() {
        func header(_ count: UInt32) -> [UInt8] {
            [2] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
        }
        for count in [0, 1, 71, 256 * 1024 + 1, 257 * 1024, 1 << 31, UInt32.max] as [UInt32] {
            #expect(self.read([header(count)]) == .refused, "\(count)")
        }
        for count in [72, 1000, 256 * 1024] as [UInt32] {
            #expect(self.read([header(count)]) == .incomplete, "\(count)")
        }
    }

    @Test("the largest ClientInfo is taken")
    func largest() throws {
        let json = Array("{}".utf8) + [UInt8](repeating: 0x20, count: PacketLimits.clientInfo - 72 - 2)
        let payload = try self.payload(json)
        #expect(payload.count == 256 * 1024)
        #expect(self.read([Frame.encode(.clientInfo, payload)]) == .complete(payload, rest: []))
        #expect(DERPLogin(payload: payload, privateKey: self.server)?.key == self.client.publicKey)
    }

    @Test("the login has the client's key and what it says about itself, and its box seals the answer")
    func login() throws {
        let payload = try self.payload(Array(#"{"IsProber":true}"#.utf8))
        let login = try #require(DERPLogin(payload: payload, privateKey: self.server))
        #expect(login.key == self.client.publicKey)
        #expect(login.info.isProber)
        let box = try #require(SecretBox(privateKey: self.client, peer: self.server.publicKey))
        #expect(box.open(login.box.seal([7])) == [7])
    }

    @Test("a zero key, a box that doesn't open and JSON that doesn't parse are refused")
    func refused() throws {
        var altered = try self.payload(Array("{}".utf8))
        altered[60] ^= 1
        let zero = [UInt8](repeating: 0, count: 32) + altered.dropFirst(32)
        let forOther = try self.payload(Array("{}".utf8))
        #expect(DERPLogin(payload: altered, privateKey: self.server) == nil)
        #expect(DERPLogin(payload: zero, privateKey: self.server) == nil)
        #expect(DERPLogin(payload: forOther, privateKey: NodePrivateKey()) == nil)
        #expect(DERPLogin(payload: try self.payload([]), privateKey: self.server) == nil)
        #expect(DERPLogin(payload: try self.payload(Array("{".utf8)), privateKey: self.server) == nil)
        #expect(DERPLogin(payload: [], privateKey: self.server) == nil)
    }
}
