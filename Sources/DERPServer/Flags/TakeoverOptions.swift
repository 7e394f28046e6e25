import ArgumentParser

/// The flags of a restart that no client notices.
struct TakeoverOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A Unix socket, in a directory that only its owner can write: take over from the server that is found there, "
                + "and give way to the next one.",
            valueName: "socket"
        )
    )
    var takeover = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Over how long clients are sent to the server that took over, up to 1h; 0: all at once.",
            valueName: "duration"
        )
    )
    var drainTime = "10s"
}
