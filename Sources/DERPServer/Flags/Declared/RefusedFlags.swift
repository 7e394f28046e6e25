/// Flags of derper's that do nothing here.
struct RefusedFlags: FlagGroup {
    static let title = "Refused"

    private static let secrets =
        "concerns Tailscale's own infrastructure and is not supported: give a mesh key with -mesh-psk-file"

    let secretsURL = TypedFlag("-secrets-url", .ignored)
        .refused(Self.secrets)
        .help("Part of Tailscale's secrets server. A mesh key is a file, `-mesh-psk-file`.")

    let secretsPathPrefix = TypedFlag("-secrets-path-prefix", .ignored)
        .derper(default: "`prod/derp`")
        .refused(Self.secrets)
        .help("Part of Tailscale's secrets server too.")

    let secretsCacheDirectory = TypedFlag("-secrets-cache-dir", .ignored)
        .refused(Self.secrets)
        .help("Part of Tailscale's secrets server too.")

    let ace = TypedFlag("-ace", .boolean)
        .refused("concerns Tailscale's own infrastructure and is not supported: leave it out")
        .help("An undocumented experiment in Tailscale's own infrastructure. Leave it out.")
}
