import Glibc
import Synchronization
import Testing

@testable import AsyncSockets

@Suite("TCP listener")
struct TCPListenerTests {
    private static let anyPort = IPEndpoint(.loopbackIPv4, port: 0)

    private func listen(_ address: IPEndpoint, loops: Int) async throws -> TCPListener {
        try await TCPListener(address: address, group: IOLoopGroup(count: loops)) { $0.close() }
    }

    @Test("a taken port is an error that names the address, though loops share ports", arguments: [1, 2], [1, 2])
    func takenPort(first: Int, second: Int) async throws {
        // At an address of its own, where nobody takes the port that it gives up.
        let address = IPEndpoint(IPAddress(ipv4: 0x7f00_0000 | .random(in: 0x1_0000..<0xff_0000)), port: 0)
        let listener = try await self.listen(address, loops: first)
        await #expect {
            _ = try await self.listen(listener.address, loops: second)
        } throws: { error in
            let error = error as? SocketError
            return error?.code == .addressInUse && error?.message.contains("\(listener.address)") == true
        }
        await listener.close()
        let next = try await self.listen(listener.address, loops: second)
        #expect(next.address == listener.address)
        await next.close()
    }

    @Test("a port that somebody else has bound, but begins to listen on first, is an error that names the address")
    func overtaken() throws {
        // SO_REUSEADDR lets both bind while neither listens.
        let (first, address) = try ListeningSocket.bind(Self.anyPort, sharing: false)
        defer { Glibc.close(first) }
        let (second, _) = try ListeningSocket.bind(address, sharing: false)
        defer { Glibc.close(second) }
        try ListeningSocket.listen(first, on: address)
        #expect {
            try ListeningSocket.listen(second, on: address)
        } throws: {
            let error = $0 as? SocketError
            return error?.code == .addressInUse && error?.message.contains("\(address)") == true
        }
    }

    @Test("it stops listening when it is released, and frees its loops")
    func release() async throws {
        func makeAndRelease() async throws -> (IPEndpoint, WeakReference<IOLoop>) {
            let group = try IOLoopGroup(count: 2)
            let listener = try await TCPListener(address: Self.anyPort, group: group) { $0.close() }
            let client = try RawSocket.connect(to: listener.address)
            #expect(try client.receiveAll().isEmpty)
            return (listener.address, WeakReference(group.loops[1]))
        }
        let (address, loop) = try await makeAndRelease()
        try await within { while !loop.isGone { await Task.yield() } }
        #expect(throws: RawSocket.Failure.self) { try RawSocket.connect(to: address) }
    }

    @Test("port 0 gives all loops one port, on which every connection is accepted", arguments: [1, 3])
    func portZero(loops: Int) async throws {
        let server = try await TestServer(loops: loops) { try await $0.echo() }
        #expect(server.address.port != 0)
        for _ in 0..<20 {
            let client = try RawSocket.connect(to: server.address)
            try client.send([1, 2, 3])
            client.shutdownWriting()
            #expect(try client.receiveAll() == [1, 2, 3])
        }
        await server.close()
    }

    @Test("[::] takes both families, and an IPv4 peer is known by its IPv4 address")
    func dualStack() async throws {
        let peers = Lock<[IPAddress]>([])
        let server = try await TestServer(on: .anyIPv6) { stream in
            peers.withLock { $0.append(stream.peerAddress.ip) }
        }
        for ip in [IPAddress.loopbackIPv4, .loopbackIPv6] {
            let client = try RawSocket.connect(to: IPEndpoint(ip, port: server.address.port))
            #expect(try client.receiveAll().isEmpty)
        }
        #expect(peers.withLock { $0 } == [.loopbackIPv4, .loopbackIPv6])
        await server.close()
    }

    @Test("once closed, connections are refused, and those that were accepted continue")
    func close() async throws {
        let server = try await TestServer(loops: 2) { try await $0.echo() }
        let client = try RawSocket.connect(to: server.address)
        try client.send([1])
        #expect(try client.receive() == [1])
        await server.close()
        await server.close()
        #expect(throws: RawSocket.Failure.self) { try RawSocket.connect(to: server.address) }
        try client.send([2])
        #expect(try client.receive() == [2])
    }

    @Test("out of file descriptors, it closes new connections, and accepts others later")
    func turnedAway() async {
        // In a process of its own: the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            let failures = Atomic(0)
            let accepted = Atomic(0)
            let group = try IOLoopGroup(count: 1)
            let listener = try await TCPListener(
                address: IPEndpoint(.loopbackIPv4, port: 0),
                group: group,
                onAcceptFailure: { _, error in
                    if error.code == .outOfFiles { failures.add(1, ordering: .relaxed) }
                },
                onAccept: { stream in
                    accepted.add(1, ordering: .relaxed)
                    stream.close()
                }
            )
            let crowd = try (0..<5).map { _ in try RawSocket.make(for: listener.address) }
            defer { withExtendedLifetime(crowd) {} }
            let last = try RawSocket.make(for: listener.address)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var previous = limit
            limit.rlim_cur = rlim_t(last.descriptor) + 1
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // Gaps that something else has left. Once only: the runtime ends a process in which it never finds a file.
            while open("/dev/null", O_RDONLY) >= 0 {}
            for client in crowd {
                try client.connect(to: listener.address)
                #expect(try client.receiveAll().isEmpty)
            }
            // It is said after the connection is closed.
            let start = ContinuousClock.now
            while failures.load(ordering: .relaxed) + accepted.load(ordering: .relaxed) < 5,
                start.duration(to: .now) < .seconds(10)
            {
                // No yield: a pool with jobs that wait looks for its threads in /proc, and ends a process that has no file left.
                usleep(1000)
            }
            // The runtime opens a file now and then, and what it closes meanwhile is a gap again.
            #expect(failures.load(ordering: .relaxed) > 0)
            let early = accepted.load(ordering: .relaxed)
            #expect(failures.load(ordering: .relaxed) + early == 5)

            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &previous)
            try last.connect(to: listener.address)
            #expect(try last.receiveAll().isEmpty)
            #expect(accepted.load(ordering: .relaxed) == early + 1)
        }
    }

    @Test("one of the last descriptors is kept for an address without a connection")
    func newcomers() async {
        // In a process of its own: the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            let isNewcomer = Atomic(false)
            let accepted = Atomic(0)
            let group = try IOLoopGroup(count: 1)
            let listener = try TCPListener(
                binding: IPEndpoint(.loopbackIPv4, port: 0),
                group: group,
                inherited: [],
                isNewcomer: { _ in isNewcomer.load(ordering: .relaxed) },
                onAccept: { stream in
                    accepted.add(1, ordering: .relaxed)
                    stream.close()
                }
            )
            try await listener.start()
            let clients = try (0..<2).map { _ in try RawSocket.make(for: listener.address) }
            defer { withExtendedLifetime(clients) {} }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 128
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // Of 128, 16 are kept from connections that come, and 12 from those of newcomers.
            while open("/dev/null", O_RDONLY) < 111 {}
            try clients[0].connect(to: listener.address)
            #expect(try clients[0].receiveAll().isEmpty)
            #expect(accepted.load(ordering: .relaxed) == 0)
            isNewcomer.store(true, ordering: .relaxed)
            try clients[1].connect(to: listener.address)
            #expect(try clients[1].receiveAll().isEmpty)
            #expect(accepted.load(ordering: .relaxed) == 1)
        }
    }

    @Test("without a spare descriptor, it reports that at a bounded rate and accepts the waiting clients later")
    func outOfDescriptors() async {
        // In a process of its own: the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            let failures = Atomic(0)
            let accepted = Atomic(0)
            let group = try IOLoopGroup(count: 1)
            let listener = try await TCPListener(
                address: IPEndpoint(.loopbackIPv4, port: 0),
                group: group,
                onAcceptFailure: { _, _ in failures.add(1, ordering: .relaxed) },
                onAccept: { stream in
                    accepted.add(1, ordering: .relaxed)
                    stream.close()
                }
            )
            let clients = try (0..<3).map { _ in try RawSocket.connect(to: listener.address) }
            defer { withExtendedLifetime(clients) {} }
            for client in clients { #expect(try client.receiveAll().isEmpty) }
            #expect(accepted.load(ordering: .relaxed) == 3)

            let waiting = try RawSocket.make(for: listener.address)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let previous = limit
            // Fewer than are open: no number of theirs could be used again.
            limit.rlim_cur = 3
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            try waiting.connect(to: listener.address)
            let start = ContinuousClock.now
            while failures.load(ordering: .relaxed) < 3 {
                try #require(start.duration(to: .now) < .seconds(10))
                await Task.yield()
            }
            // Three failures with a rest of 0.1 s after each: at least two rests.
            #expect(start.duration(to: .now) > .milliseconds(150))
            #expect(accepted.load(ordering: .relaxed) == 3)

            var restored = previous
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &restored)
            #expect(try waiting.receiveAll().isEmpty)
            #expect(accepted.load(ordering: .relaxed) == 4)
        }
    }
}
