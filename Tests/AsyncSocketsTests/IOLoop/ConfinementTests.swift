import Glibc
import Testing

@testable import AsyncSockets

@Suite("Confinement")
struct ConfinementTests {
    @Test("an echo server whose tasks run elsewhere ends with a message, and sends nobody's bytes")
    func echoInPlainTasks() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let group = try IOLoopGroup(count: 1)
            let listener = try TCPListener(binding: IPEndpoint(.loopbackIPv4, port: 0), group: group) { stream in
                Task {
                    await stream.waitUntilReadable()
                    guard case .bytes(let bytes) = stream.receive() else { return stream.close() }
                    try await stream.write(Array(bytes))
                    stream.close()
                }
            }
            try await listener.start()
            await group.loops[0].run {
                let stream = try? await TCPStream.connect(to: listener.address, on: group.loops[0])
                try? await stream?.write([1, 2, 3])
                await stream?.waitUntilReadable()
            }
            // Nobody was stopped.
            exit(EXIT_SUCCESS)
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("A TCPStream was used outside its event loop"))
        #expect(message.contains("Task(executorPreference: stream.loop)"))
    }

    @Test("a read outside the loop of its stream ends the process")
    func receiveElsewhere() async throws {
        await #expect(processExitsWith: .failure) {
            let (stream, _) = try await Self.pair()
            _ = stream.receive()
            exit(EXIT_SUCCESS)
        }
    }

    @Test("a timer that is scheduled outside its loop ends the process")
    func scheduleElsewhere() async throws {
        await #expect(processExitsWith: .failure) {
            let group = try IOLoopGroup(count: 1)
            LoopTimer(on: group.loops[0]) {}.schedule(at: 0)
            exit(EXIT_SUCCESS)
        }
    }

    @Test("a loop without a thread belongs to the thread that turns it")
    func turnedLoop() throws {
        let loop = try IOLoop(index: 0)
        #expect(loop.isAccessible)
        #expect(!loop.isCurrent)
        let timer = LoopTimer(on: loop) {}
        timer.schedule(at: loop.now + 1_000_000_000)
        timer.cancel()
    }

    @Test("a loop's confinement is to its own thread")
    func threads() async throws {
        let group = try IOLoopGroup(count: 2)
        let (first, second) = (group.loops[0], group.loops[1])
        #expect(!first.isAccessible)
        #expect(await first.run { first.isAccessible && !second.isAccessible })
    }

    /// A stream of a loop that has a thread, and its other end.
    private static func pair() async throws -> (TCPStream, OwnedDescriptor) {
        let group = try IOLoopGroup(count: 1)
        let (near, far) = try OwnedDescriptor.streamPair()
        let loop = group.loops[0]
        let stream = await loop.run { TCPStream.adopt(near, on: loop) }
        return (try #require(stream), far)
    }
}
