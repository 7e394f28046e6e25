import ArgumentParser

/// The flags that say where the others are from.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A YAML file with settings: headscale's config.yaml, or a relay: section with any flag. Flags and DERP_… variables prevail.",
            valueName: "file"
        )
    )
    var config = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Read all that a start would read, say what is wrong with it, and exit.", valueName: "bool")
    )
    var checkConfig = false
}
