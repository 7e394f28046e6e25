import ArgumentParser

/// The flags that say how much is served.
struct LimitOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many connections may come per second; more are closed at once. (default: any number)",
            valueName: "number"
        )
    )
    var acceptConnectionLimit = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many of them may come at once after a pause. (default: as many as in a second)",
            valueName: "count"
        )
    )
    var acceptConnectionBurst = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How fast clients may send, as JSON. Read anew on SIGHUP.", valueName: "file")
    )
    var rateConfig = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many clients may be connected; 0: any number.", valueName: "count")
    )
    var maxClients = "0"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many connections there may be that have not logged in.", valueName: "count")
    )
    var maxPending = "8192"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long a connection may take until its client has logged in, requests before that included, 1s…1h.",
            valueName: "duration"
        )
    )
    var loginTimeout = "60s"

    @Option(
        name: .customLong("max-connections-per-ip"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many connections one IPv4 address, or one IPv6 network of 64 bits, may have; 0: any number.",
            valueName: "count"
        )
    )
    var maxConnectionsPerIP = "0"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much memory the packets in all queues may take, such as 64MiB. (default: 256MiB; less with little memory)",
            valueName: "bytes"
        )
    )
    var queueMemory = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many connections of refused clients are held, so that they don't come again at once; 0: none.",
            valueName: "count"
        )
    )
    var maxRefused = "4096"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long they are held at most, 1s…110s; at random, not less than 30 % of it. 0: not at all.",
            valueName: "duration"
        )
    )
    var refusedHoldTime = "100s"
}
