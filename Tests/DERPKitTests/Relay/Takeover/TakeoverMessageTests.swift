import IPAddresses
import Testing

@testable import DERPKit

@Suite("Messages of a takeover")
struct TakeoverMessageTests {
    @Test("each is read as it was written")
    func roundTrip() {
        var messages: [TakeoverMessage] = [.hello, .serving, .retiring, .complete(count: 0), .complete(count: 8192)]
        for role in TakeoverRole.allCases {
            messages.append(.sockets(role, IPEndpoint(.anyIPv6, port: 65535)))
            messages.append(.sockets(role, IPEndpoint(.anyIPv4, port: 0)))
        }
        for message in messages { #expect(TakeoverMessage(message.encoded) == message) }
    }

    @Test("nothing else is read, nor a part of one")
    func nonsense() {
        let texts = [
            "", "hello", "derp-takeover/1", "derp-takeover/1 ", "derp-takeover/2 hello", "derp-takeover/1 hello ",
            "derp-takeover/1  hello", "derp-takeover/1 Hello", "derp-takeover/1 hello\n", "derp-takeover/1 complete",
            "derp-takeover/1 complete -1", "derp-takeover/1 complete 8193",
            "derp-takeover/1 complete 99999999999999999999",
            "derp-takeover/1 sockets relay", "derp-takeover/1 sockets other 127.0.0.1:1",
            "derp-takeover/1 sockets relay 127.0.0.1", "derp-takeover/1 sockets relay localhost:1",
            "derp-takeover/1 sockets relay 127.0.0.1:1 x",
            "derp-takeover/1 sockets relay " + String(repeating: "0", count: 200),
        ]
        for text in texts { #expect(TakeoverMessage(Array(text.utf8)) == nil, "\(text)") }
        let whole = TakeoverMessage.sockets(.stun, IPEndpoint(.anyIPv4, port: 3478)).encoded
        for count in 0..<whole.count {
            // A shorter port is another port, but no part is a message of another kind.
            if let part = TakeoverMessage(Array(whole.prefix(count))) {
                guard case .sockets(.stun, _) = part else {
                    Issue.record("read \(part)")
                    continue
                }
            }
        }
        #expect(TakeoverMessage([0xff, 0xfe]) == nil)
    }
}
