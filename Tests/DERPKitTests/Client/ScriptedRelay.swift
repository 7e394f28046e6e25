import AsyncSockets

@_spi(Benchmarks) @testable import DERPKit

/// The server's end of a connection, which does what a test wants and no relay would.
final class ScriptedRelay: Sendable {
    /// What is done once the client has sent its login.
    enum Answer: Sendable {
        /// It is let in, then sent these bytes.
        case admit([UInt8])
        /// It is let in, sent these bytes, and the connection is closed.
        case admitAndClose([UInt8])
        /// It is sent these bytes instead, and the connection is closed.
        case refuse([UInt8])
        /// The client isn't even greeted.
        case nothing
    }

    let group: IOLoopGroup
    private let listener: TCPListener
    private let state: State

    /// What clients sent behind their login; for those that are told nothing, all that they sent.
    var heard: [UInt8] { self.state.heard.withLock { $0 } }

    var server: DERPClient.Server {
        DERPClient.Server(host: "127.0.0.1", port: self.listener.address.port, security: .none)
    }

    /// - Parameter reads: whether it reads what the client sends behind its login.
    init(_ answer: Answer, reads: Bool = true) async throws {
        let state = State(answer: answer, reads: reads)
        self.state = state
        self.group = try IOLoopGroup(count: 1)
        self.listener = try await TCPListener(
            address: IPEndpoint(.loopbackIPv4, port: 0),
            group: self.group
        ) { stream in
            Task(executorPreference: stream.loop) {
                await state.serve(stream)
                stream.close()
            }
        }
    }
}

extension ScriptedRelay {
    private final class State: Sendable {
        let key = NodePrivateKey()
        let answer: Answer
        let reads: Bool
        let heard = Lock<[UInt8]>([])

        init(answer: Answer, reads: Bool) {
            self.answer = answer
            self.reads = reads
        }

        func serve(_ stream: TCPStream) async {
            stream.setDeadline(.seconds(20))
            if case .nothing = self.answer {
                while let bytes = await Self.read(stream) { self.heard.withLock { $0 += bytes } }
                return
            }
            guard let (login, rest) = await self.readLogin(from: stream) else { return }
            self.heard.withLock { $0 += rest }
            switch self.answer {
            case .nothing: break
            case .refuse(let bytes): try? await stream.write(bytes)
            case .admitAndClose(let bytes):
                try? await stream.write(Self.serverInfo(for: login) + bytes)
                await stream.finish()
            case .admit(let bytes):
                try? await stream.write(Self.serverInfo(for: login) + bytes)
                guard self.reads else { return await Self.waitForEnd(of: stream) }
                while let bytes = await Self.read(stream) { self.heard.withLock { $0 += bytes } }
            }
        }

        private static func serverInfo(for login: DERPLogin) -> [UInt8] {
            Frame.encode(.serverInfo, login.box.seal(Array(#"{"version":2}"#.utf8)))
        }

        private func readLogin(from stream: TCPStream) async -> (DERPLogin, [UInt8])? {
            var head: [UInt8] = []
            let end = Array("\r\n\r\n".utf8)
            while !head.suffix(4).elementsEqual(end) {
                guard let bytes = await Self.read(stream) else { return nil }
                head += bytes
            }
            let response = Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8)
            try? await stream.write(response + Frame.serverKey(self.key.publicKey))
            var reader = DERPLoginReader()
            while let bytes = await Self.read(stream) {
                guard case .complete(let payload, let rest) = reader.read(bytes) else { continue }
                return DERPLogin(payload: payload, privateKey: self.key).map { ($0, Array(rest)) }
            }
            return nil
        }

        private static func read(_ stream: TCPStream) async -> [UInt8]? {
            while true {
                switch stream.receive() {
                case .bytes(let bytes): return Array(bytes)
                case .wouldBlock: await stream.waitUntilReadable()
                case .closed, .failed: return nil
                }
            }
        }

        /// Leaves everything unread until the deadline.
        private static func waitForEnd(of stream: TCPStream) async {
            while stream.failure == nil { try? await Task.sleep(for: .milliseconds(5)) }
        }
    }
}
