/// What `help flags` prints, and docs/flags.md has: every flag with its details, in Markdown.
enum FlagPage {
    static let text =
        """
        # Flags

        Flags may have one dash or two, and take Go's forms: `-stun=false`, `-a :3443`, `-a=:3443`, `1h30m`. Each can also be a line of a
        [file or a variable](configuration.md). Flags with one dash here are derper's, and do what they do in derper 1.103 unless the
        table says otherwise; flags with two dashes are our own.

        `DERPServer help flags` prints this page, and `DERPServer --help` a shorter one. `DERPServer help check`, `help map` and
        `help map lint` are about the commands.

        """ + ServerFlags.groups.map(Self.section).joined()

    private static func section(_ group: any FlagGroup) -> String {
        let intro =
            group is RefusedFlags
            ? "These flags of derper's do nothing here, so they are refused. Given empty, or as `false`, they are accepted.\n\n"
            : ""
        let rows = group.flags.map(Self.row).joined()
        return "\n## \(type(of: group).title)\n\n\(intro)| flag | default | what it does |\n|---|---|---|\n\(rows)"
    }

    private static func row(_ flag: Flag) -> String {
        let texts = [flag.help, flag.details].filter { !$0.isEmpty }.joined(separator: " ")
        return "| `\(flag.spelling)` | \(Self.standard(of: flag)) | \(texts.replacing("|", with: "\\|")) |\n"
    }

    private static func standard(of flag: Flag) -> String {
        var text = flag.standardText ?? flag.standard.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
        if flag.kind == .boolean { text = flag.standard == "true" ? "on" : "off" }
        if let other = flag.derperDefault { text += (text.isEmpty ? "" : "; ") + "derper: \(other)" }
        return text
    }
}
