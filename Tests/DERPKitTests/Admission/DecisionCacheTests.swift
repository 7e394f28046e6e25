import IPAddresses
import Testing

@testable import DERPKit

@Suite("Remembered decisions")
struct DecisionCacheTests {
    private let start = ContinuousClock.now
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)

    private func cache(capacity: Int = 100) -> DecisionCache {
        DecisionCache(capacity: capacity)
    }

    @Test("a decision holds for its lifetime")
    func lifetimes() {
        var cache = self.cache()
        cache.store(.allow, on: self.request, for: .seconds(60), now: self.start)
        #expect(cache.decision(on: self.request, now: self.start + .seconds(59)) == .allow)
        #expect(cache.decision(on: self.request, now: self.start + .seconds(60)) == nil)
        cache.store(.deny(.denied), on: self.request, for: .seconds(5), now: self.start)
        #expect(cache.decision(on: self.request, now: self.start + .seconds(4)) == .deny(.denied))
        #expect(cache.decision(on: self.request, now: self.start + .seconds(5)) == nil)
    }

    @Test("it holds for the key and the address that were asked about only")
    func identity() {
        var cache = self.cache()
        cache.store(.allow, on: self.request, for: .seconds(60), now: self.start)
        var elsewhere = self.request
        elsewhere.source = .loopbackIPv6
        #expect(cache.decision(on: elsewhere, now: self.start) == nil)
        let other = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
        #expect(cache.decision(on: other, now: self.start) == nil)
    }

    @Test("a lifetime of zero remembers nothing, and forgets what was remembered")
    func off() {
        var cache = DecisionCache(capacity: 100)
        cache.store(.allow, on: self.request, for: .seconds(60), now: self.start)
        cache.store(.deny(.denied), on: self.request, for: .zero, now: self.start)
        #expect(cache.decision(on: self.request, now: self.start) == nil)
    }

    @Test("it never keeps more than its capacity, and the latest are among them")
    func capacity() {
        var cache = self.cache(capacity: 10)
        for _ in 0..<100 {
            let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
            cache.store(.allow, on: request, for: .seconds(60), now: self.start)
            #expect(cache.count <= 10)
            #expect(cache.decision(on: request, now: self.start) == .allow)
        }
    }

    @Test("a newer decision replaces one of the older generation")
    func replacement() {
        var cache = self.cache(capacity: 2)
        cache.store(.allow, on: self.request, for: .seconds(60), now: self.start)
        cache.store(
            .allow,
            on: AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4),
            for: .seconds(60),
            now: self.start
        )
        cache.store(.deny(.denied), on: self.request, for: .seconds(5), now: self.start)
        #expect(cache.decision(on: self.request, now: self.start) == .deny(.denied))
        #expect(cache.decision(on: self.request, now: self.start + .seconds(6)) == nil)
    }

    @Test("a key is forgotten at all its addresses, in both generations, and no other is")
    func forgetting() {
        var cache = self.cache(capacity: 4)
        var requests = [self.request, AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)]
        requests.append(AdmissionRequest(key: self.request.key, source: .loopbackIPv6))
        for request in requests { cache.store(.allow, on: request, for: .seconds(60), now: self.start) }
        cache.forget(self.request.key)
        #expect(requests.map { cache.decision(on: $0, now: self.start) != nil } == [false, true, false])
        cache.forgetAll()
        #expect(cache.count == 0)
    }
}
