import TestSupport
import Testing

@Suite("Admission by the local tailscaled", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct TailscaledTests {
    @Test("Only clients that it knows are admitted; while it is down, none; when it is back, all is well")
    func knownClients() throws {
        let tailscaled = try ImitatedTailscaled(TemporaryDirectory())
        let (known, later) = (TestKey(), TestKey())
        try tailscaled.know(known)
        let relay = try ServerProcess(
            ServerOptions(
                flags: ["-verify-clients", "-socket", tailscaled.socketPath, "--verify-cache-deny=0"]
            )
        )
        try RawDERPClient(relay, key: known).expectQuiet()
        #expect(try RefusedClient.logIn(to: relay, as: later).hasSuffix("is unknown to the relay's tailnet."))

        try tailscaled.stop()
        #expect(try RefusedClient.logIn(to: relay, as: later).hasSuffix("the relay can't verify clients now."))
        // What it said is remembered.
        try RawDERPClient(relay, key: known).expectQuiet()

        try tailscaled.know(known, later)
        try tailscaled.start()
        try RawDERPClient(relay, key: later).expectQuiet()
        let reading = try MetricsReading(of: relay)
        #expect(try reading.total("derp_admissions_refused_total", #"reason="tailscaled""#) == 1)
        #expect(try reading.total("derp_admissions_refused_total", #"reason="unavailable""#) == 1)
    }
}
