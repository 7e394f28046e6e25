import ArgumentParser

/// The flags of `/bootstrap-dns`.
struct BootstrapOptions: ParsableArguments {
    @Option(
        name: .customLong("bootstrap-dns-names"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Names whose addresses /bootstrap-dns tells, beside those of the map's nodes.",
            valueName: "name,…"
        )
    )
    var names = ""

    @Option(
        name: .customLong("unpublished-bootstrap-dns-names"),
        parsing: .unconditional,
        help: ArgumentHelp("Names whose addresses only those are told who ask for them.", valueName: "name,…")
    )
    var unpublishedNames = ""
}
