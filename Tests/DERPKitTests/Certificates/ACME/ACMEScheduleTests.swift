import Testing

@testable import DERPKit

@Suite("When certificates are ordered")
struct ACMEScheduleTests {
    @Test("renewal is at a third of the lifetime left")
    func renewal() {
        #expect(ACMESchedule.renewal(of: 0..<90 * 86400) == 60 * 86400)
        #expect(ACMESchedule.renewal(of: 1000..<1060) == 1040)
        #expect(ACMESchedule.renewal(of: 5..<5) == 5)
    }

    @Test("the pause doubles with each failure, up to an hour, and starts over after a success")
    func backOff() {
        var schedule = ACMESchedule(firstDelay: .seconds(60))
        let pauses = (0..<8).map { _ in schedule.failed(retryAfter: nil, jitter: 0).components.seconds }
        #expect(pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600])
        for _ in 0..<100 { #expect(schedule.failed(retryAfter: nil, jitter: 0) == .seconds(3600)) }
        schedule.succeeded()
        #expect(schedule.failed(retryAfter: nil, jitter: 0) == .seconds(60))
    }

    @Test("at random up to half is added")
    func jitter() {
        var schedule = ACMESchedule(firstDelay: .seconds(100))
        #expect(schedule.failed(retryAfter: nil, jitter: 0.5) == .seconds(125))
    }

    @Test("a server that wants to be left alone is, but no longer than a day")
    func retryAfter() {
        var schedule = ACMESchedule(firstDelay: .seconds(60))
        #expect(schedule.failed(retryAfter: .seconds(7200), jitter: 0) == .seconds(7200))
        #expect(schedule.failed(retryAfter: .seconds(1), jitter: 0) == .seconds(120))
        #expect(schedule.failed(retryAfter: .seconds(1_000_000), jitter: 0) == .seconds(86400))
    }

    @Test("Retry-After is seconds or a date (RFC 9110 §10.2.3)")
    func field() {
        let now = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT
        let read = { HTTPRetryAfter.duration($0, now: now) }
        #expect(read("120") == .seconds(120) && read("0") == .zero)
        #expect(read("99999999999999999999") == .seconds(999_999_999))
        #expect(read("Sun, 06 Nov 1994 08:50:37 GMT") == .seconds(60))
        #expect(read("Sun, 06 Nov 1994 08:49:36 GMT") == .zero)
        for text in ["", "-1", "1.5", "soon", "Sun, 06 Nov 1994", "Sun, 06 Now 1994 08:49:37 GMT", "a, b c d e GMT"] {
            #expect(read(text) == nil)
        }
    }
}
