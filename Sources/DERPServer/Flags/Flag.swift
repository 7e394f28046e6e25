import IPAddresses
import DERPKit

/// What is known of one flag: the command line, variables, files, the help and docs/flags.md are all made of it.
///
/// Flags are declared in ``ServerFlags``, each once.
struct Flag: Sendable {
    /// What may follow the name.
    enum Kind: Hashable {
        /// `-x`, or `-x=true` and Go's other words for it; never a separate argument.
        case boolean
        /// `-x=value` or `-x value`; the last one counts.
        case value
        /// The same, and all of them count.
        case list
        /// One value that is itself a list, with commas between its items.
        case commas
    }

    /// Whether the flag does anything here.
    enum Support: Hashable {
        case supported
        /// A flag of derper's that does nothing here, and what to say to someone who gives it.
        case refused(String)
    }

    /// Where a flag may be given.
    enum Places: Hashable {
        /// On the command line, as a variable and in a file.
        case everywhere
        /// On the command line and as a variable.
        case outsideFiles
        case commandLine
    }

    /// The name as people are used to see it: derper's with one dash, our own with two.
    let spelling: String
    let kind: Kind
    /// What the help calls the value.
    let placeholder: String
    /// The value that counts when none is given.
    let standard: String?
    /// The default in words, where no fixed value is it.
    var standardText: String?
    /// derper's default where it is another one.
    var derperDefault: String?
    /// A longer name, for files and variables.
    var alias: String?
    var support = Support.supported
    var places = Places.everywhere
    var needs: [FlagNeed] = []
    /// What the help says, in Markdown.
    var help = ""
    /// What docs/flags.md says besides.
    var details = ""

    /// The name, without dashes.
    var name: String { String(self.spelling.rest(after: "--") ?? self.spelling.rest(after: "-") ?? self.spelling[...]) }

    /// What files call it.
    var key: String { self.name.replacing("-", by: "_") }

    /// Whether a file can set it.
    var isConfigurable: Bool { self.places == .everywhere }
}

extension Flag: Hashable {
    static func == (left: Self, right: Self) -> Bool { left.spelling == right.spelling }

    func hash(into hasher: inout Hasher) { hasher.combine(self.spelling) }
}

// MARK: Looking up

extension Flag {
    /// Every flag, in the order of the help.
    static let all = ServerFlags.groups.flatMap(\.flags)

    /// The flag that is declared at `path`.
    static subscript<Value>(_ path: FlagPath<Value>) -> Flag {
        ServerFlags.shared[keyPath: path].flag
    }

    /// The flag called `name`, without dashes.
    static func named(_ name: String) -> Flag? { self.all.first { $0.name == name } }

    /// The flag that a file's `key`, or a variable's name without its prefix, stands for; `nil` when there is none, or
    /// `places` doesn't have it.
    static func named(key: String, in places: Set<Places> = [.everywhere]) -> Flag? {
        let name = key.replacing("_", by: "-")
        return self.all.first { ($0.name == name || $0.alias == name) && places.contains($0.places) }
    }

    /// The supported flag whose name is most like `name`; `nil` when none is much like it.
    static func nearest(to name: String) -> Flag? {
        self.nearest(to: name, among: self.all.filter { $0.support == .supported })
    }

    /// The key of a file that is most like `key`; `nil` when none is much like it.
    static func nearestKey(to key: String) -> String? {
        let candidates = self.all.filter { $0.support == .supported && $0.isConfigurable }
        return self.nearest(to: key.lowercasedASCII.replacing("_", by: "-"), among: candidates)?.key
    }

    private static func nearest(to name: String, among flags: [Flag]) -> Flag? {
        Suggestion.nearest(to: name, among: flags, by: \.name)
    }
}
