import Testing

@testable import AsyncSockets

@Suite("Muted socket")
struct MutedSocketTests {
    /// Mutes the connection of one client, whom `body` is, and gives what became of it.
    private func mute(_ body: (RawSocket, MutedSocket) async throws -> Void) async throws {
        let muted = Lock<MutedSocket?>(nil)
        let server = try await TestServer { stream in
            let socket = stream.mute()
            #expect(socket != nil && stream.failure != nil && stream.mute() == nil)
            // It is nobody's any more: this closes nothing.
            stream.close()
            muted.withLock { $0 = socket }
        }
        let peer = try RawSocket.connect(to: server.address)
        while muted.withLock({ $0 == nil }) { await Task.yield() }
        let socket = try #require(muted.withLock { $0 })
        try await body(peer, socket)
        await server.close()
    }

    @Test("what comes is thrown away, until the peer closes")
    func discard() async throws {
        try await self.mute { peer, socket in
            // Much more than the kernel holds.
            let sender = Task.detached {
                for _ in 0..<100 { try peer.send([UInt8](repeating: 7, count: 10_000)) }
                peer.shutdownWriting()
            }
            while socket.discard() { await Task.yield() }
            try await sender.value
            socket.close(quietly: true)
            #expect(try peer.receiveAll().isEmpty)
        }
    }

    @Test("a silent peer stays, and reads the end")
    func silence() async throws {
        try await self.mute { peer, socket in
            #expect(socket.discard() && socket.discard())
            try peer.send([1, 2, 3])
            socket.close(quietly: false)
            #expect((try? peer.receiveAll()) ?? [] == [])
        }
    }

    @Test(
        "under TLS the peer gets close_notify, though it sent what was never opened",
        arguments: [
            TLSContext.Versions.tls12, .tls13,
        ]
    )
    func farewell(versions: TLSContext.Versions) async throws {
        let tls = try TestCertificate.server()
        let muted = Lock<MutedSocket?>(nil)
        let server = try await TestServer { stream in
            try await stream.startTLS(tls)
            try await stream.write([5])
            let socket = stream.mute()
            muted.withLock { $0 = socket }
        }
        let group = try IOLoopGroup(count: 1)
        let client = try TestCertificate.client(.pinned(TestCertificate.pin), versions)
        try await group.loops[0].attempt(within: .seconds(30)) {
            let stream = try await TCPStream.connect(to: server.address, on: group.loops[0])
            defer { stream.close() }
            try await stream.startTLS(client)
            #expect(try await stream.read(1) == [5])
            try await stream.write([UInt8](repeating: 1, count: 1000))
            while muted.withLock({ $0 == nil }) { await Task.yield() }
            guard let socket = muted.withLock({ $0 }) else { return }
            #expect(socket.discard())
            socket.close(quietly: false)
            await stream.waitUntilReadable()
            while true {
                switch stream.receive() {
                case .bytes(let bytes): #expect(bytes.isEmpty)
                case .wouldBlock: await stream.waitUntilReadable()
                case .closed:
                    #expect(stream.isReadClosed, "no close_notify")
                    return
                case .failed:
                    Issue.record("\(stream.failure?.message ?? "")")
                    return
                }
            }
        }
        await server.close()
    }

    @Test("a stream that has something to send is not muted")
    func unsent() async throws {
        let result = Lock<Bool?>(nil)
        let server = try await TestServer { stream in
            let bytes = [UInt8](repeating: 0, count: 1 << 16)
            while !stream.isWriteBlocked { _ = bytes.withUnsafeBytes { stream.send($0) } }
            let isMuted = stream.mute() != nil
            result.withLock { $0 = isMuted }
        }
        let peer = try RawSocket.connect(to: server.address, receiveBuffer: 4096)
        while result.withLock({ $0 == nil }) { await Task.yield() }
        #expect(result.withLock { $0 } == false)
        withExtendedLifetime(peer) {}
        await server.close()
    }
}
