/// The flags about how much is served.
struct LimitFlags: FlagGroup {
    static let title = "Limits"

    private static let counts = 0...1_000_000_000

    let acceptsPerSecond = TypedFlag("-accept-connection-limit", .unlessEmpty(.rate), "number")
        .otherwise("any number")
        .help("How many connections may come per second. More are closed at once.")

    let acceptBurst = TypedFlag("-accept-connection-burst", .unlessEmpty(.integer(in: 1...Int.max)), "count")
        .otherwise("as many as in a second")
        .derper(default: "any number")
        .needs(.ignored(unless: .acceptLimit, "there is no -accept-connection-limit"))
        .help("How many of them may come at once after a pause.")

    let rateFile = TypedFlag("-rate-config", .unlessEmpty(.text), "file")
        .needs(.relay)
        .help("A JSON file that says how fast clients may send. Read again on SIGHUP.")
        .details("It takes [more](limits.md) than derper's.")

    let writeTimeout = TypedFlag(
        "-tcp-write-timeout",
        .duration(zeroOr: .milliseconds(1)...(.seconds(86400))),
        "duration",
        default: "2s"
    )
    .needs(.relay)
    .help("How long a client may read nothing of what is queued for it; 0: without limit.")

    let queueDelay = TypedFlag(
        "--max-queue-delay",
        .duration(zeroOr: .milliseconds(5)...(.seconds(60))),
        "duration",
        default: "100ms"
    )
    .needs(.relay)
    .help("How long a packet may wait for a client whose line is slower than what comes for it, 5ms…1m; 0: any time.")
    .details("See [slow lines](limits.md#slow-lines).")

    let clients = TypedFlag("--max-clients", .integer(in: Self.counts), "count", default: "0")
        .needs(.relay)
        .help("How many clients may be connected; 0: any number.")

    let connectionsPerAddress = TypedFlag("--max-connections-per-ip", .integer(in: Self.counts), "count", default: "0")
        .help("How many connections an IPv4 address, or an IPv6 /64 network, may have; 0: any number.")

    let pending = TypedFlag("--max-pending", .integer(in: 1...Self.counts.upperBound), "count", default: "8192")
        .help("How many connections there may be that have not logged in.")
        .details("When there are more, one of the address that has most [makes room](limits.md#before-the-login).")

    let loginTimeout = TypedFlag(
        "--login-timeout",
        .duration(in: .seconds(1)...(.seconds(3600))),
        "duration",
        default: "60s"
    )
    .help("How long a connection may take until its client has logged in, including requests before that, 1s…1h.")

    let queueMemory = TypedFlag("--queue-memory", .unlessEmpty(.byteCount(in: 1 << 20...1 << 40)), "bytes")
        .otherwise("`256MiB`, or less where there is little memory")
        .help("How much memory the packets in all queues may take, 1MiB…1TiB: bytes, or with KiB, MiB, GiB or TiB.")
        .details("See [memory](limits.md#memory).")

    let refused = TypedFlag("--max-refused", .integer(in: 0...65_536), "count", default: "4096")
        .needs(
            .relay,
            .ignored(unless: .holdTime, silent: ["0"], "refused clients aren't held: --refused-hold-time is 0")
        )
        .help(
            "How many connections of refused clients are held so that they don't come back at once, 0…65536; 0: none."
        )
        .details("See [refusals](refusals.md).")

    let refusedHoldTime = TypedFlag(
        "--refused-hold-time",
        .duration(zeroOr: .seconds(1)...(.seconds(110))),
        "duration",
        default: "100s"
    )
    .needs(.relay, .ignored(unless: .heldPlaces, "refused clients aren't held: --max-refused is 0"))
    .help("How long such connections are held at most, 1s…110s; at random, at least 30 % of it. 0: not at all.")
}

extension FlagReader where Value == Double {
    /// A number per second. Go's infinity, which is derper's default, is one.
    fileprivate static var rate: Self {
        .one { value throws(UsageError) in
            guard let rate = Double(value.text), rate >= 0.001 else { throw value.wrong("a number from 0.001 on") }
            return rate
        }
    }
}
