/// The flags about other servers of ours: a mesh, and the server that was here before.
struct PeerFlags: FlagGroup {
    static let title = "Mesh and restarts"

    let meshKeyFile = TypedFlag("-mesh-psk-file", .optional(.text), "file")
        .otherwise("`/home/derp/keys/derp-mesh.key` or `~/keys/derp-mesh.key`, whichever is there")
        .needs(.relay)
        .help("The key that the nodes of the mesh share: 64 hexadecimal digits.")

    let meshNodes = TypedFlag("-mesh-with", .commas, "nodes", default: "")
        .needs(.relay)
        .help(
            "Nodes to mesh with, separated by commas: host[:port][/dialhost], or http://host[:port] without TLS. "
                + "This server may be among them."
        )
        .details("See [mesh](mesh.md).")

    let takeover = TypedFlag("--takeover", .unlessEmpty(.socketPath), "socket")
        .help(
            "A Unix socket, in a directory that only its owner can write to: take over from the server found there, "
                + "and later give way to the next one."
        )
        .details("See [takeover](takeover.md).")

    let drainTime = TypedFlag(
        "--drain-time",
        .duration(zeroOr: .milliseconds(1)...(.seconds(3600))),
        "duration",
        default: "10s"
    )
    .needs(.ignored(unless: .takeover, "there is no --takeover"))
    .help("Over how long clients are sent to the server that took over, up to 1h; 0: all at once.")
}
