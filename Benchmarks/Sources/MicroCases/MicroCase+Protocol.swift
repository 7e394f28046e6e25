import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit
@testable import STUNKit

extension MicroCase {
    static let protocolCases = [frames, handshakeOpen, handshakeSeal, httpHead, stunAnswer]

    /// Parses one SendPacket frame of 1400 B from a stream.
    private static let frames = MicroCase("frame decode") {
        let frame = Frame.encode(.sendPacket, [UInt8](repeating: 7, count: NodePublicKey.byteCount + 1400))
        let stream = [[UInt8]](repeating: frame, count: 10).flatMap(\.self)
        var reader = FrameReader()
        return { count in
            for _ in 0..<count / 10 {
                consume(
                    stream.withUnsafeBytes { bytes in
                        reader.read(
                            bytes,
                            judge: { $0.payloadCount < 65_568 ? .take : .refuse },
                            body: { $1.count > 32 }
                        )
                    }
                )
            }
        }
    }

    /// Opens a client's login: computes the shared key, opens the box and parses the JSON.
    private static let handshakeOpen = MicroCase("handshake open", repetitions: 1) {
        let server = NodePrivateKey()
        let client = NodePrivateKey()
        guard let box = SecretBox(privateKey: client, peer: server.publicKey) else { throw MicroError.setUp }
        let payload = client.publicKey.bytes + box.seal(ClientInfo().json())
        return { count in
            for _ in 0..<count { consume(DERPLogin(payload: payload, privateKey: server)) }
        }
    }

    /// Seals the answer to a login, with the shared key of the login.
    private static let handshakeSeal = MicroCase("handshake seal", repetitions: 20) {
        guard let box = SecretBox(privateKey: NodePrivateKey(), peer: NodePrivateKey().publicKey) else {
            throw MicroError.setUp
        }
        let info = ServerInfo().json()
        return { count in
            for _ in 0..<count { consume(Frame.encode(.serverInfo, box.seal(info))) }
        }
    }

    private static let httpHead = MicroCase("HTTP head", repetitions: 4) {
        let head = Array(
            """
            GET /derp HTTP/1.1\r
            Host: derp.example.com\r
            User-Agent: Go-http-client/1.1\r
            Connection: Upgrade\r
            Ideal-Node: 900a\r
            Upgrade: DERP\r
            \r\n
            """.utf8
        )
        return { count in
            for _ in 0..<count {
                var parser = HTTPRequestParser()
                consume(head.withUnsafeBytes { parser.parse($0) })
            }
        }
    }

    /// Checks a binding request and answers it for an IPv4 address.
    private static let stunAnswer = MicroCase("STUN answer") {
        var request = [UInt8](repeating: 0, count: STUNRequest.size)
        _ = request.withUnsafeMutableBytes { STUNRequest().write(to: $0) }
        let peer = IPEndpoint(.loopbackIPv4, port: 41641)
        let message = request
        let slot = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
        return { count in
            for _ in 0..<count {
                guard case .request(let request) = message.withUnsafeBytes({ STUNRequest.parse($0) }) else { return }
                let response = STUNResponse(transactionID: request.transactionID, mappedAddress: peer)
                consume(response.write(to: slot))
            }
        }
    }
}

enum MicroError: Error {
    /// Something that a case needs could not be made.
    case setUp
}
