import ArgumentParser

/// The flags that make the server one of several nodes of a region.
struct MeshOptions: ParsableArguments {
    @Option(
        name: .customLong("mesh-psk-file"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "The key that the nodes of the mesh share: 64 hexadecimal digits. (default: the one of "
                + "/home/derp/keys/derp-mesh.key and ~/keys/derp-mesh.key that is there)",
            valueName: "file"
        )
    )
    var pskFile: String?

    @Option(
        name: .customLong("mesh-with"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Nodes to mesh with, separated by commas: host[:port][/dialhost], or http://host[:port] without TLS. "
                + "This server may be among them.",
            valueName: "nodes"
        )
    )
    var nodes = ""
}
