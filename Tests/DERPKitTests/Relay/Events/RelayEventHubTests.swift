import Testing

@testable import DERPKit

@Suite("Events", .timeLimit(.minutes(1)))
struct RelayEventHubTests {
    private static func event(_ name: Int) -> RelayEvent { .meshLinkUp("\(name)") }

    private static func read(_ count: Int, of events: RelayEvents) async -> [String] {
        var read: [String] = []
        var iterator = events.makeAsyncIterator()
        while read.count < count, let event = await iterator.next() { read.append(event.node ?? "") }
        return read
    }

    @Test("an event without readers isn't created")
    func unheard() {
        let hub = RelayEventHub()
        var made = 0
        func make() -> RelayEvent {
            made += 1
            return Self.event(made)
        }
        hub.post(make())
        #expect(made == 0)
        let events = hub.events(bufferSize: 1)
        hub.post(make())
        #expect(made == 1)
        withExtendedLifetime(events) {}
    }

    @Test("each of several readers hears of all, from when it asked")
    func several() async {
        let hub = RelayEventHub()
        let early = hub.events(bufferSize: 10)
        hub.post(Self.event(1))
        let late = hub.events(bufferSize: 10)
        hub.post(Self.event(2))
        hub.post(Self.event(3))
        #expect(await Self.read(3, of: early) == ["1", "2", "3"])
        #expect(await Self.read(2, of: late) == ["2", "3"])
    }

    @Test("a slow reader loses the oldest events, and is told how many; another one loses none")
    func slow() async throws {
        let hub = RelayEventHub()
        let (slow, other) = (hub.events(bufferSize: 3), hub.events(bufferSize: 100))
        for number in 1...10 { hub.post(Self.event(number)) }
        var iterator = slow.makeAsyncIterator()
        let first = try #require(await iterator.next())
        #expect(first.node == "8" && first.missed == 7)
        let second = try #require(await iterator.next())
        #expect(second.node == "9" && second.missed == 0)
        #expect(await Self.read(10, of: other) == (1...10).map { "\($0)" })
    }

    @Test("a reader that goes away is forgotten, while another stays")
    func gone() async {
        let hub = RelayEventHub()
        let kept = hub.events(bufferSize: 1)
        do {
            let events = hub.events(bufferSize: 1)
            var iterator = events.makeAsyncIterator()
            hub.post(Self.event(1))
            #expect(await iterator.next() != nil)
            #expect(hub.readerCount == 2)
        }
        #expect(hub.readerCount == 1)
        withExtendedLifetime(kept) {}
    }

    @Test("a reader whose task is cancelled ends, and is forgotten")
    func cancelled() async {
        let hub = RelayEventHub()
        let task = Task { [events = hub.events(bufferSize: 1)] in
            for await _ in events {}
            return true
        }
        task.cancel()
        #expect(await task.value)
        while hub.readerCount > 0 { await Task.yield() }
    }

    @Test("when the relay has stopped, readers get what waits, and end; later ones end at once")
    func finished() async {
        let hub = RelayEventHub()
        let events = hub.events(bufferSize: 10)
        hub.post(Self.event(1))
        hub.finish()
        hub.post(Self.event(2))
        #expect(await Self.read(10, of: events) == ["1"])
        #expect(await Self.read(1, of: hub.events(bufferSize: 10)) == [])
        #expect(hub.readerCount == 0)
    }

    @Test("a relay that is gone ends its readers")
    func freed() async {
        var hub: RelayEventHub? = RelayEventHub()
        let events = hub?.events(bufferSize: 1)
        hub = nil
        if let events { #expect(await Self.read(1, of: events) == []) }
    }

    @Test("events from several threads are all there, and readers agree on their order")
    func threads() async {
        let hub = RelayEventHub()
        let (one, two) = (hub.events(bufferSize: 4000), hub.events(bufferSize: 4000))
        await withTaskGroup(of: Void.self) { tasks in
            for thread in 0..<4 {
                tasks.addTask { for number in 0..<1000 { hub.post(Self.event(thread * 1000 + number)) } }
            }
        }
        let heard = await Self.read(4000, of: one)
        #expect(Set(heard).count == 4000)
        #expect(await Self.read(4000, of: two) == heard)
    }
}
