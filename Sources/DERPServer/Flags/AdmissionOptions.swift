import ArgumentParser

/// The flags that say who is admitted.
struct AdmissionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Admit only the clients in this file: nodekey:<hex> a line. Read anew when it changes, and on SIGHUP.",
            valueName: "file"
        )
    )
    var allowFile = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Refuse the clients in this file, likewise. Outweighs everybody else.", valueName: "file")
    )
    var denyFile = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Ask about each client again so often, and close it when it is no longer admitted; 0: never.",
            valueName: "duration"
        )
    )
    var reverifyInterval = "0"
}
