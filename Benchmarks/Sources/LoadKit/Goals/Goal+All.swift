extension Goal {
    /// The goals of this project's relay, by the names of the suite's trials. The other servers are derper.
    public static let all: [Goal] = [
        Goal("packets per CPU second, stock clients, TLS 1.3", "stock", perSecond, .times(.other), .atLeast(2)),
        Goal("packets per CPU second, stock clients, plain", "stock-plain", perSecond, .times(.other), .atLeast(1.5)),
        Goal("packets per CPU second, TLS 1.3, 1400 B, 10 pairs", "pairs", perSecond, .times(.other), .atLeast(2.5)),
        Goal("packets per CPU second, TLS 1.3, 1400 B, 10 pairs", "pairs", perSecond, .times(.limit), .atLeast(0.9)),
        Goal("packets per CPU second, TLS 1.3, 1400 B, 10 pairs", "pairs", perSecond, .times(.proxy), .watched),
        Goal("the same, 100 B", "small", perSecond, .times(.other), .atLeast(1.8)),
        Goal("the same, 1400 B, one pair", "one-pair", perSecond, .times(.other), .atLeast(1.5)),
        Goal("the same, 1400 B, 10 pairs, plain", "plain", perSecond, .times(.other), .atLeast(4)),
        Goal("delivered in overload per CPU second, 10 pairs", "overload", perSecond, .times(.other), .atLeast(25)),
        Goal("ping-pong, one pair, p50", "ping-pong", "round trip p50", .times(.other), .atMost(1)),
        Goal("ping-pong, one pair, p99", "ping-pong", "round trip p99", .times(.other), .atMost(0.7)),
        Goal(
            "p99 of a light pair beside 10 that flood",
            "light-pair",
            "probe latency p99",
            .times(.other),
            .atMost(0.1)
        ),
        Goal("logins per CPU second", "logins", "logins per server CPU s", .times(.other), .atLeast(2)),
        Goal("resident per idle TLS client, of 10,000", "idle", "resident per client", .itself, .atMost(8)),
        Goal("CPU per packet with 10,000 idle clients", "crowd", perPacket, .times(.baseline), .atMost(1.1)),
        Goal(
            "CPU per packet of two loops, apart from the generator",
            "loops",
            perPacket,
            .times(.baseline),
            .atMost(1.15)
        ),
        Goal(
            "CPU per packet of two loops, sharing processors with it",
            "loops-shared",
            perPacket,
            .times(.baseline),
            .atMost(1.15)
        ),
        Goal("STUN answers per CPU second", "stun", "answers per server CPU s", .times(.other), .atLeast(2.5)),
        Goal("start to first relayed packet", "start", "start to first relayed packet", .itself, .atMost(50)),
    ]

    private static let perSecond = "delivered per server CPU s"
    private static let perPacket = "server CPU per packet"
}
