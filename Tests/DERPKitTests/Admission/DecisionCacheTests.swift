import AsyncSockets
import Testing

@testable import DERPKit

@Suite("Remembered decisions")
struct DecisionCacheTests {
    private let start = ContinuousClock.now
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)

    private func cache(capacity: Int = 100) -> DecisionCache {
        DecisionCache(allowLifetime: .seconds(60), denyLifetime: .seconds(5), capacity: capacity)
    }

    @Test("an admission holds for its 60 s, a refusal for its 5")
    func lifetimes() {
        var cache = self.cache()
        cache.store(.allow, on: self.request, now: self.start)
        #expect(cache.decision(on: self.request, now: self.start + .seconds(59)) == .allow)
        #expect(cache.decision(on: self.request, now: self.start + .seconds(60)) == nil)
        cache.store(.deny(.denied), on: self.request, now: self.start)
        #expect(cache.decision(on: self.request, now: self.start + .seconds(4)) == .deny(.denied))
        #expect(cache.decision(on: self.request, now: self.start + .seconds(5)) == nil)
    }

    @Test("it holds for the key and the address that were asked about only")
    func identity() {
        var cache = self.cache()
        cache.store(.allow, on: self.request, now: self.start)
        var elsewhere = self.request
        elsewhere.source = .loopbackIPv6
        #expect(cache.decision(on: elsewhere, now: self.start) == nil)
        let other = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
        #expect(cache.decision(on: other, now: self.start) == nil)
    }

    @Test("a lifetime of zero remembers nothing, and forgets what was remembered")
    func off() {
        var cache = DecisionCache(allowLifetime: .seconds(60), denyLifetime: .zero, capacity: 100)
        cache.store(.allow, on: self.request, now: self.start)
        cache.store(.deny(.denied), on: self.request, now: self.start)
        #expect(cache.decision(on: self.request, now: self.start) == nil)
    }

    @Test("it never keeps more than its capacity, and the latest are among them")
    func capacity() {
        var cache = self.cache(capacity: 10)
        for _ in 0..<100 {
            let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
            cache.store(.allow, on: request, now: self.start)
            #expect(cache.count <= 10)
            #expect(cache.decision(on: request, now: self.start) == .allow)
        }
    }

    @Test("a newer decision replaces one of the older generation")
    func replacement() {
        var cache = self.cache(capacity: 2)
        cache.store(.allow, on: self.request, now: self.start)
        cache.store(
            .allow,
            on: AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4),
            now: self.start
        )
        cache.store(.deny(.denied), on: self.request, now: self.start)
        #expect(cache.decision(on: self.request, now: self.start) == .deny(.denied))
        #expect(cache.decision(on: self.request, now: self.start + .seconds(6)) == nil)
    }
}
