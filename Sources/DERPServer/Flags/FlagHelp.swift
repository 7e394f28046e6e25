import IPAddresses

/// What `--help` prints.
enum FlagHelp {
    private static let width = 80
    /// Where the second column begins.
    private static let column = 26

    static let text = """
        OVERVIEW: A DERP relay and STUN server for Tailscale clients.

        Flags may have one dash or two, and take Go's forms: -stun=false, -a :3443,
        -a=:3443, 1h30m.

        USAGE: DERPServer [flags]                 serves
               DERPServer check REGION|URL …      checks relays as their clients see them
               DERPServer map lint|show|diff …    checks, merges and compares DERP maps
               DERPServer help flags              prints more about each flag
               DERPServer help [COMMAND …]        prints the help of a command

        \(ServerFlags.groups.compactMap(Self.text).joined(separator: "\n"))
        """

    /// A group's title and flags; `nil` when none of them does anything.
    private static func text(of group: any FlagGroup) -> String? {
        let flags = group.flags.filter { $0.support == .supported }
        guard !flags.isEmpty else { return nil }
        return "\(type(of: group).title.uppercased()):\n" + flags.map(Self.text).joined()
    }

    private static func text(of flag: Flag) -> String {
        let value = flag.kind == .boolean ? "=<bool>" : " <\(flag.placeholder)>"
        let name = "  \(flag.spelling)\(value)"
        let lines = Self.wrap(flag.help.replacing("`", with: "") + Self.standard(of: flag))
        let indent = String(repeating: " ", count: Self.column)
        let gap = Self.column - name.count
        let first = name + (gap > 0 ? String(repeating: " ", count: gap) : "\n" + indent)
        return first + lines.joined(separator: "\n" + indent) + "\n"
    }

    private static func standard(of flag: Flag) -> String {
        guard let text = flag.standardText ?? flag.standard, !text.isEmpty else { return "" }
        return " (default: \(text.replacing("`", with: "")))"
    }

    private static func wrap(_ text: String) -> [String] {
        var lines = [""]
        for word in text.parts(at: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= Self.width - Self.column {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
