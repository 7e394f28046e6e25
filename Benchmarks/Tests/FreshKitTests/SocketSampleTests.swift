import Testing

@testable import FreshKit

@Suite struct SocketSampleTests {
    private static let output = """
        ESTAB 0      412345 198.18.0.1:3340 198.18.1.2:45504
        \t ts sack cubic wscale:10,10 rto:268 rtt:61.502/2.98 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:22 \
        ssthresh:18 bytes_sent:1410 bytes_retrans:2896 bytes_acked:1410 unacked:22 retrans:1/37 lost:2 \
        delivery_rate 3826810bps delivered:4 app_limited busy:44ms rcv_space:65483 notsent:380489 minrtt:10.01
        ESTAB 0      5        198.18.0.1:3340 198.18.1.2:45506
        \t cubic wscale:10,10 rto:208 rtt:5.173/10.323 mss:1448 cwnd:13

        """

    @Test func theFirstConnectionCounts() throws {
        let sample = try #require(SocketSample(Self.output))
        #expect(sample.sendQueue == 412_345)
        #expect(sample.notSent == 380_489)
        #expect(sample.roundTrip == 61.502)
        #expect(sample.window == 22)
        #expect(sample.segment == 1448)
        #expect(sample.windowBytes == 22 * 1448)
        #expect(sample.retransmitted == 37)
        #expect(sample.congestionControl == "cubic")
    }

    @Test func othersThanEstablishedConnectionsDoNotCount() {
        let closing = Self.output.replacing("ESTAB", with: "TIME-WAIT")
        #expect(SocketSample(closing) == nil)
        #expect(SocketSample(closing + Self.output)?.window == 22)
    }

    @Test func valuesThatAreMissingAreNothing() throws {
        let sample = try #require(
            SocketSample("ESTAB 0 5 198.18.0.1:3340 198.18.1.2:45506\n\t cubic rtt:5.1/10.3 cwnd:13")
        )
        #expect(sample.notSent == 0)
        #expect(sample.retransmitted == 0)
        #expect(sample.congestionControl == "cubic")
    }

    @Test(arguments: [
        "", "ESTAB", "ESTAB 0 x 198.18.0.1:3340 198.18.1.2:45506 cubic rtt:1/2", "ESTAB 0 5 a b cubic cwnd:1",
    ])
    func otherTextIsNoSample(text: String) {
        #expect(SocketSample(text) == nil)
    }
}
