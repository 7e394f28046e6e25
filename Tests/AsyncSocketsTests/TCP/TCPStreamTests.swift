import Testing

@testable import AsyncSockets

@Suite("TCP stream")
struct TCPStreamTests {
    private static let data = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 11) }

    /// Sends and reads at once, as a peer of an echo server must.
    private static func exchange(_ bytes: [UInt8], over stream: TCPStream) async throws -> [UInt8] {
        let writer = Task(executorPreference: stream.loop) { try await stream.write(bytes) }
        let read = try await stream.read(bytes.count)
        try await writer.value
        return read
    }

    @Test("megabytes come back as they were sent")
    func echo() async throws {
        let server = try await TestServer { try await $0.echo() }
        let loop = try IOLoopGroup(count: 1)
        let read = try await loop.loops[0].attempt(within: .seconds(30)) {
            let stream = try await TCPStream.connect(to: server.address, on: loop.loops[0])
            defer { stream.close() }
            return try await Self.exchange(Self.data, over: stream)
        }
        #expect(read == Self.data)
        await server.close()
    }

    @Test(
        "megabytes come back as they were sent under TLS",
        arguments: [TLSContext.Versions.tls12, .tls13]
    )
    func echoTLS(versions: TLSContext.Versions) async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            try await stream.startTLS(tls)
            try await stream.echo()
        }
        let group = try IOLoopGroup(count: 1)
        let client = try TestCertificate.client(.pinned(TestCertificate.pin), versions)
        let read = try await group.loops[0].attempt(within: .seconds(30)) {
            let stream = try await TCPStream.connect(to: server.address, on: group.loops[0])
            defer { stream.close() }
            try await stream.startTLS(client)
            return try await Self.exchange(Self.data, over: stream)
        }
        #expect(read == Self.data)
        await server.close()
    }

    @Test("TLS begins with what was read before it", arguments: [1, 5, 100, 100_000])
    func earlyTLS(count: Int) async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            await stream.waitUntilReadable()
            guard case .bytes(let bytes) = stream.receive(atMost: count) else { throw SocketError(.closed, "nothing") }
            #expect(bytes.count <= count)
            try await stream.startTLS(tls, early: Array(bytes))
            try await stream.echo()
        }
        let group = try IOLoopGroup(count: 1)
        let client = try TestCertificate.client(.pinned(TestCertificate.pin), .both)
        let read = try await group.loops[0].attempt(within: .seconds(30)) {
            let stream = try await TCPStream.connect(to: server.address, on: group.loops[0])
            defer { stream.close() }
            try await stream.startTLS(client)
            return try await Self.exchange(Array(Self.data.prefix(100_000)), over: stream)
        }
        #expect(read == Array(Self.data.prefix(100_000)))
        await server.close()
    }

    @Test("what is left of bounded reads is read later", arguments: [1, 7, 4096, 65536, .max])
    func boundedReads(limit: Int) async throws {
        let data = Array(Self.data.prefix(limit < 100 ? 5000 : 500_000))
        let server = try await TestServer { stream in
            var received: [UInt8] = []
            while received.count < data.count {
                switch stream.receive(atMost: limit) {
                case .bytes(let bytes):
                    #expect((1...limit).contains(bytes.count))
                    received += bytes
                case .wouldBlock: await stream.waitUntilReadable()
                case .closed, .failed: throw SocketError(.closed, "too early")
                }
            }
            #expect(received == data)
            try await stream.write([1])
        }
        let client = try RawSocket.connect(to: server.address)
        try client.send(data)
        #expect(try client.receive() == [1])
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("a caller that waits for an interruption isn't woken by bytes, and finds them afterwards")
    func interruption() async throws {
        let server = try await TestServer { stream in
            let start = stream.loop.now
            let timer = LoopTimer(on: stream.loop) { stream.interrupt() }
            timer.schedule(at: start + 300_000_000)
            await stream.waitUntilInterrupted()
            #expect(stream.loop.now >= start + 300_000_000)
            guard case .bytes(let bytes) = stream.receive() else { throw SocketError(.closed, "nothing") }
            try await stream.write(Array(bytes))
            timer.cancel()
        }
        let client = try RawSocket.connect(to: server.address)
        for byte: UInt8 in 1...9 { try client.send([byte]) }
        #expect(try client.receive() == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("two tasks that wait to read one stream are a mistake of the program, and end it")
    func twoReaders() async {
        await #expect(processExitsWith: .failure) {
            let server = try await TestServer { stream in
                let other = Task(executorPreference: stream.loop) { await stream.waitUntilReadable() }
                await stream.waitUntilReadable()
                await other.value
            }
            let client = try RawSocket.connect(to: server.address)
            try await within(.seconds(5)) { try await server.nextOutcome().get() }
            withExtendedLifetime(client) {}
        }
    }

    @Test("data and the end of the stream in one readiness event are both found")
    func dataWithEnd() async throws {
        let server = try await TestServer { try await $0.echo() }
        for size in [1, 1000, 60_000] {
            let client = try RawSocket.connect(to: server.address)
            let bytes = Array(Self.data.prefix(size))
            try client.send(bytes)
            client.shutdownWriting()
            #expect(try client.receiveAll() == bytes)
            try await server.nextOutcome().get()
        }
        await server.close()
    }

    @Test("a reset ends the stream with an error, in the middle of reading and of writing")
    func reset() async throws {
        for serve: @Sendable (TCPStream) async throws -> Void in [
            { stream in while try await stream.next() != nil {} },
            { stream in while true { try await stream.write(Self.data) } },
        ] {
            let server = try await TestServer(serve: serve)
            let client = try RawSocket.connect(to: server.address)
            try client.send([1, 2, 3])
            client.reset()
            let outcome = try await server.nextOutcome()
            #expect(throws: SocketError.self) { try outcome.get() }
            await server.close()
        }
    }

    @Test("a peer that reads nothing blocks the writer, not the loop; the writer continues when the peer reads")
    func backpressure() async throws {
        let server = try await TestServer { stream in
            try await stream.write(Self.data + Self.data + Self.data)
            await stream.finish()
        }
        let client = try RawSocket.connect(to: server.address, receiveBuffer: 8192)
        // Its loop serves others meanwhile.
        for _ in 0..<3 { try await server.group.loops[0].attempt {} }
        #expect(try client.receiveAll() == Self.data + Self.data + Self.data)
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("a deadline ends a write to a peer that reads nothing, and a read from one that says nothing")
    func deadline() async throws {
        for serve: @Sendable (TCPStream) async throws -> Void in [
            { stream in _ = try await stream.next() },
            { stream in while true { try await stream.write(Self.data) } },
        ] {
            let server = try await TestServer { stream in
                stream.setDeadline(.milliseconds(60))
                try await serve(stream)
            }
            let client = try RawSocket.connect(to: server.address, receiveBuffer: 8192)
            let outcome = try await server.nextOutcome()
            #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .timeout }
            client.reset()
            await server.close()
        }
    }

    @Test("a deadline that is lifted or moved in time does nothing")
    func liftedDeadline() async throws {
        let server = try await TestServer { stream in
            stream.setDeadline(.milliseconds(40))
            stream.setDeadline(nil)
            let start = stream.loop.now
            while stream.loop.now < start + 100_000_000 { await stream.loop.nextTick() }
            try await stream.write([1])
            await stream.finish()
        }
        let client = try RawSocket.connect(to: server.address)
        #expect(try client.receiveAll() == [1])
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("a peer that ended its half still reads what is sent to it")
    func halfClose() async throws {
        let server = try await TestServer { stream in
            while try await stream.next() != nil {}
            try await stream.write(Self.data)
            await stream.finish()
        }
        let client = try RawSocket.connect(to: server.address)
        client.shutdownWriting()
        #expect(try client.receiveAll() == Self.data)
        await server.close()
    }

    @Test("a farewell arrives, though the peer has sent bytes that nobody reads")
    func finishWithUnreadBytes() async throws {
        let server = try await TestServer { stream in
            try await stream.write([1, 2, 3])
            await stream.finish()
        }
        let client = try RawSocket.connect(to: server.address)
        try client.send(Array(Self.data.prefix(200_000)))
        client.shutdownWriting()
        #expect(try client.receiveAll() == [1, 2, 3])
        await server.close()
    }

    @Test("finishing ends in time, though the peer neither closes nor stops sending")
    func finishIsBounded() async throws {
        let server = try await TestServer { stream in
            await stream.finish(within: .milliseconds(80))
        }
        let silent = try RawSocket.connect(to: server.address)
        try await server.nextOutcome().get()
        let eager = try RawSocket.connect(to: server.address)
        #expect(throws: RawSocket.Failure.self) { while true { try eager.send(Self.data) } }
        try await server.nextOutcome().get()
        #expect(try silent.receiveAll().isEmpty)
        await server.close()
    }

    @Test("connecting fails where nobody listens, with the kernel's reason and the address")
    func connectErrors() async throws {
        let (reserved, address) = try RawSocket.bind(to: .loopbackIPv4)
        let group = try IOLoopGroup(count: 1)
        await #expect { _ = try await TCPStream.connect(to: address, on: group.loops[0]) } throws: {
            let error = $0 as? SocketError
            return error?.code == .systemCall && error?.message.contains("\(address)") == true
        }
        withExtendedLifetime(reserved) {}
    }

    @Test("connecting doesn't wait for threads other than the loop's")
    func connectOnBusyMachine() async throws {
        let (reserved, address) = try RawSocket.bind(to: .loopbackIPv4)
        let group = try IOLoopGroup(count: 1)
        let hogs = Task {
            await withTaskGroup(of: Void.self) { tasks in
                for _ in 0..<16 {
                    tasks.addTask {
                        let end = ContinuousClock.now + .milliseconds(300)
                        while ContinuousClock.now < end {}
                    }
                }
            }
        }
        // The deadline passes long before any of the global pool's threads is free.
        await #expect {
            _ = try await TCPStream.connect(to: address, on: group.loops[0], within: .milliseconds(100))
        } throws: {
            ($0 as? SocketError)?.code == .systemCall
        }
        await hogs.value
        withExtendedLifetime(reserved) {}
    }

    @Test("closing releases all waiters, and closing twice is harmless")
    func closeWhileWaiting() async throws {
        let server = try await TestServer { stream in
            let loop = stream.loop
            Task(executorPreference: loop) {
                await loop.nextTick()
                stream.close()
                stream.close()
            }
            _ = try await stream.next()
        }
        let client = try RawSocket.connect(to: server.address)
        let outcome = try await server.nextOutcome()
        #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .closed }
        #expect(try client.receiveAll().isEmpty)
        await server.close()
    }

    @Test("a closed stream is freed, whatever it was doing")
    func freed() async throws {
        let reference = Lock<WeakReference<TCPStream>?>(nil)
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            reference.withLock { $0 = WeakReference(stream) }
            stream.setDeadline(.seconds(60))
            try await stream.startTLS(tls)
        }
        let client = try RawSocket.connect(to: server.address)
        try client.send([22, 3, 1])
        client.reset()
        _ = try await server.nextOutcome()
        try await within { while reference.withLock({ $0?.isGone != true }) { await Task.yield() } }
        await server.close()
    }
}
