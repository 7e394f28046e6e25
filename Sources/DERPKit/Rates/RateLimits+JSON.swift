extension RateLimits {
    /// A file is at most this large, in bytes.
    static let maximumSize = 16 << 20

    /// Reads the file at `path`: derper's `PerClientRateLimitBytesPerSec` and `PerClientRateBurstBytes`, and beside them
    /// `Keys` and `Groups` with rates for single keys and for each of several, and `AdvertiseRates`.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration`, which names the file and, where there is one, the line.
    package init(path: String) throws(DERPError) {
        let text: String
        do {
            text = try FileReader.text(at: path, limit: Self.maximumSize)
        } catch {
            throw DERPError(reading: path, error, as: .invalidConfiguration)
        }
        do throws(SourceValue.Failure) {
            try self.init(json: text)
        } catch {
            throw DERPError(.invalidConfiguration, "\(path), line \(error.line): \(error.message)")
        }
    }

    init(json text: String) throws(SourceValue.Failure) {
        self.init()
        var reader = RateLimitReader()
        try reader.read(try JSONSourceParser.parse(text))
        self = reader.limits
    }
}

/// Makes rates of a JSON document. Nothing in it is passed over: a limit that is misspelt would be none.
private struct RateLimitReader {
    var limits = RateLimits()
    /// What gave each key its rate, for an error.
    private var origins: [NodePublicKey: String] = [:]

    private typealias Failure = SourceValue.Failure

    mutating func read(_ document: SourceValue) throws(SourceValue.Failure) {
        var (rate, burst) = (0, 0)
        let names = ["PerClientRateLimitBytesPerSec", "PerClientRateBurstBytes", "AdvertiseRates", "Keys", "Groups"]
        for member in try Self.members(of: document, "the file", names) {
            switch member.name {
            case "PerClientRateLimitBytesPerSec": rate = try Self.count(member)
            case "PerClientRateBurstBytes": burst = try Self.count(member)
            case "AdvertiseRates": self.limits.areAdvertised = try Self.flag(member)
            case "Keys":
                for key in try Self.members(of: member.value, "Keys") { try self.readKey(key) }
            default:
                for group in try Self.members(of: member.value, "Groups") { try self.readGroup(group) }
            }
        }
        self.limits.perClient = RateLimits.Rate(bytesPerSecond: rate, burst: burst)
    }

    private mutating func readKey(_ member: SourceValue.Member) throws(SourceValue.Failure) {
        let key = try Self.key(member.name, line: member.line)
        let members = try Self.members(of: member.value, "a key", ["RateLimitBytesPerSec", "RateBurstBytes"])
        try self.set(key, try Self.rate(members, line: member.line), from: "Keys", line: member.line)
    }

    private mutating func readGroup(_ group: SourceValue.Member) throws(SourceValue.Failure) {
        let names = ["Members", "RateLimitBytesPerSec", "RateBurstBytes"]
        let members = try Self.members(of: group.value, "a group", names)
        let rate = try Self.rate(members, line: group.line)
        guard case .list(let keys)? = members.first(where: { $0.name == "Members" })?.value.content else {
            throw Failure(line: group.line, message: "a group has Members, a list of node keys")
        }
        let name = "the group \(SourceText.quote(group.name))"
        for item in keys {
            guard case .text(let text) = item.content else {
                throw Failure(line: item.line, message: "a member of a group is a node key, not \(item.kind)")
            }
            try self.set(try Self.key(text, line: item.line), rate, from: name, line: item.line)
        }
    }

    private mutating func set(
        _ key: NodePublicKey,
        _ rate: RateLimits.Rate,
        from origin: String,
        line: Int
    ) throws(SourceValue.Failure) {
        if let other = self.origins.updateValue(origin, forKey: key) {
            throw Failure(line: line, message: "this key has a rate from \(other) already")
        }
        self.limits.keys[key] = rate
    }

    private static func rate(
        _ members: [SourceValue.Member],
        line: Int
    ) throws(SourceValue.Failure) -> RateLimits.Rate {
        guard let rate = members.first(where: { $0.name == "RateLimitBytesPerSec" }) else {
            throw Failure(line: line, message: "RateLimitBytesPerSec is missing here")
        }
        let burst = members.first { $0.name == "RateBurstBytes" }
        return RateLimits.Rate(
            bytesPerSecond: try Self.count(rate),
            burst: try burst.map(Self.count) ?? 0
        )
    }

    private static func key(_ text: String, line: Int) throws(SourceValue.Failure) -> NodePublicKey {
        guard text.utf8.starts(with: "nodekey:".utf8), let key = NodePublicKey(text: text), !key.isZero else {
            // Not shown: it may be a private key that got there by mistake.
            throw Failure(line: line, message: "a key is nodekey: and 64 hexadecimal digits")
        }
        return key
    }

    private static func count(_ member: SourceValue.Member) throws(SourceValue.Failure) -> Int {
        guard case .number(let text) = member.value.content, let count = Int(text), count >= 0 else {
            throw Failure(line: member.line, message: "\(member.name) is a whole number of bytes, 0 or more")
        }
        return count
    }

    private static func flag(_ member: SourceValue.Member) throws(SourceValue.Failure) -> Bool {
        guard case .bool(let flag) = member.value.content else {
            throw Failure(line: member.line, message: "\(member.name) is true or false, not \(member.value.kind)")
        }
        return flag
    }

    /// An object's members, of which only those with `names` may be there, if any are given.
    private static func members(
        of value: SourceValue,
        _ what: String,
        _ names: [String]? = nil
    ) throws(SourceValue.Failure) -> [SourceValue.Member] {
        guard case .object(let members) = value.content else {
            throw Failure(line: value.line, message: "\(what) is an object, not \(value.kind)")
        }
        guard let names else { return members }
        for member in members where !names.contains(member.name) {
            let hint = Suggestion.nearest(to: member.name, among: names).map { ": did you mean \($0)?" } ?? ""
            throw Failure(line: member.line, message: "\(what) has no \(SourceText.quote(member.name))\(hint)")
        }
        return members
    }
}
