import Dispatch
import TestSupport
import Testing

@testable import AsyncSockets

@Suite("Looking names up", .timeLimit(.minutes(1)))
struct HostResolverTests {
    /// A system that answers when the test says, and counts what it is asked.
    private final class System: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let names = Lock<[String]>([])

        var asked: [String] { self.names.withLock { $0 } }

        func resolver(threads: Int = 4) -> HostResolver {
            HostResolver(threadLimit: threads) { name in
                self.names.withLock { $0.append(name) }
                self.gate.wait()
                return .success([IPAddress(ipv4: 0xc000_0201)])
            }
        }

        func answer(_ count: Int) { for _ in 0..<count { self.gate.signal() } }
    }

    @Test("callers that ask for one name at the same time share a query")
    func sharing() async throws {
        let system = System()
        let resolver = system.resolver()
        try await withThrowingTaskGroup(of: [IPAddress].self) { group in
            for _ in 0..<1000 { group.addTask { try await resolver.lookUp("a.example") } }
            try await waitUntil("all wait") { resolver.waiterCount(of: "a.example") == 1000 }
            system.answer(1)
            for try await addresses in group { #expect(addresses == [IPAddress(ipv4: 0xc000_0201)]) }
        }
        #expect(system.asked == ["a.example"])
        // An answer isn't kept.
        system.answer(1)
        _ = try await resolver.lookUp("a.example")
        #expect(system.asked.count == 2)
    }

    @Test("names are the same when their bytes are")
    func bytes() async throws {
        let system = System()
        system.answer(2)
        let resolver = system.resolver()
        async let composed = resolver.lookUp("\u{e9}.example")
        async let decomposed = resolver.lookUp("e\u{301}.example")
        #expect(try await composed == decomposed)
        #expect(system.asked.count == 2)
    }

    @Test("a caller that gives up leaves the query to the others; the last one cancels it")
    func cancelling() async throws {
        let system = System()
        let resolver = system.resolver(threads: 1)
        let busy = Task { try await resolver.lookUp("busy.example") }
        try await waitUntil("the thread is busy") { system.asked == ["busy.example"] }
        let tasks = (0..<3).map { _ in Task { await Self.code(resolver, "a.example") } }
        try await waitUntil("all wait") { resolver.waiterCount(of: "a.example") == 3 }
        tasks[0].cancel()
        #expect(await tasks[0].value == .cancelled)
        #expect(resolver.waiterCount(of: "a.example") == 2)
        tasks[1].cancel()
        tasks[2].cancel()
        #expect(await [tasks[1].value, tasks[2].value] == [.cancelled, .cancelled])
        let other = Task { try await resolver.lookUp("b.example") }
        try await waitUntil("it waits") { resolver.waiterCount(of: "b.example") == 1 }
        system.answer(2)
        _ = try await (busy.value, other.value)
        #expect(system.asked == ["busy.example", "b.example"])
    }

    @Test("when too many names wait, that is this machine's fault")
    func limit() async throws {
        let system = System()
        let resolver = system.resolver(threads: 1)
        let first = Task { try await resolver.lookUp("n0.example") }
        try await waitUntil("the thread is busy") { system.asked == ["n0.example"] }
        let tasks = (1...64).map { number in Task { try await resolver.lookUp("n\(number).example") } }
        for number in 1...64 {
            try await waitUntil("n\(number) waits") { resolver.waiterCount(of: "n\(number).example") == 1 }
        }
        #expect(await Self.code(resolver, "one.too.many") == .exhausted)
        // Those that are asked for already are no more names.
        let again = Task { try await resolver.lookUp("n64.example") }
        try await waitUntil("it waits too") { resolver.waiterCount(of: "n64.example") == 2 }
        system.answer(65)
        for task in [first] + tasks + [again] { _ = try await task.value }
    }

    @Test("a deadline that passes before the system was asked is not the other side's silence")
    func deadline() async throws {
        let system = System()
        let resolver = system.resolver(threads: 1)
        let first = Task { try await resolver.lookUp("silent.example") }
        try await waitUntil("it is asked") { system.asked.count == 1 }
        #expect(await Self.code(resolver, "behind.example", within: .milliseconds(50)) == .exhausted)
        #expect(await Self.code(resolver, "silent.example", within: .milliseconds(50)) == .timeout)
        system.answer(2)
        _ = try await first.value
    }

    @Test("the system's own answers: a name of this machine, and one that is nowhere")
    func system() async throws {
        let resolver = HostResolver()
        #expect(try await resolver.lookUp("localhost").contains { $0 == .loopbackIPv4 || $0 == .loopbackIPv6 })
        #expect(await [.notFound, .timeout].contains(Self.code(resolver, "nowhere.invalid", within: .seconds(10))))
    }

    /// The code of the failure; `nil` for success.
    private static func code(
        _ resolver: HostResolver,
        _ name: String,
        within time: Duration = .seconds(50)
    ) async -> SocketError.Code? {
        let result = await Result.awaiting { () throws(SocketError) in
            try await resolver.lookUp(name, until: .now + time)
        }
        if case .failure(let error) = result { return error.code }
        return nil
    }
}
