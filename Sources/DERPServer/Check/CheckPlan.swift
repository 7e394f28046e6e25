import AsyncSockets
import DERPKit

/// What a valid `check` command line asks for.
struct CheckPlan: Sendable {
    /// What to check.
    enum Subject: Sendable {
        /// One relay, which is in no map.
        case relay(CheckTarget)
        /// A region of the map at this source, by number or code.
        case region(String, map: String)
        /// All regions of the map at this source.
        case all(map: String)
    }

    /// Repeats the check.
    struct Watch: Sendable {
        var interval: Duration
        /// Where metrics are served; `nil` means nowhere.
        var metrics: ListenAddress?
    }

    var subject: Subject
    var settings: CheckSettings
    var fetch: FetchOptions
    var watch: Watch?
    var isJSON: Bool
    var isStrict: Bool

    /// - Throws: ``UsageError`` for options that can't be combined, or are out of range.
    init(_ command: CheckCommand) throws(UsageError) {
        self.subject = try Self.subject(of: command)
        self.settings = CheckSettings()
        guard !command.ipv4 || !command.ipv6 else { throw UsageError("--ipv4 and --ipv6 can't be combined") }
        if command.ipv4 { self.settings.families = .only(.ipv4) }
        if command.ipv6 { self.settings.families = .only(.ipv6) }
        self.settings.timeout = try Self.duration(command.timeout, of: "--timeout", .milliseconds(10)...(.seconds(600)))
        guard command.httpPort > 0 else { throw UsageError("--http-port is 1…65535") }
        self.settings.plainHTTPPort = command.httpPort
        self.fetch = command.fetch
        self.watch = try Self.watch(command)
        if self.watch != nil, command.map == "-" {
            throw UsageError("--watch reads the map again each time, and standard input (-) can be read only once")
        }
        self.isJSON = command.json
        self.isStrict = command.strict
        if case .relay(let target) = self.subject, target.isPlain, !target.node.certName.isEmpty {
            throw UsageError("--cert-name is for https: over http no certificate is shown")
        }
        guard !self.isStrict || self.watch == nil else {
            throw UsageError(
                "--strict and --watch can't be combined: a watch ends with 0, and reports warnings in its metrics"
            )
        }
    }

    private static func subject(of command: CheckCommand) throws(UsageError) -> Subject {
        guard let text = command.subject else {
            guard command.all else { throw UsageError("nothing to check: give a region, a URL, or --all") }
            guard let map = command.map else { throw UsageError("--all needs --map") }
            try Self.refuseRelayOptions(command)
            return .all(map: map)
        }
        guard !command.all else { throw UsageError("--all and \(UsageError.quote(text)) can't be combined") }
        guard text.contains("://") else {
            guard let map = command.map else {
                let hint = text.contains(".") ? "; for a relay, write \(UsageError.quote("https://" + text))" : ""
                throw UsageError("a region needs --map: the map that has it\(hint)")
            }
            try Self.refuseRelayOptions(command)
            return .region(text, map: map)
        }
        guard command.map == nil else { throw UsageError("a URL and --map can't be combined") }
        do throws(DERPError) {
            var target = try CheckTarget(url: text)
            target.node.certName = command.certName ?? ""
            target.node.stunPort = command.stunPort ?? 0
            return .relay(target)
        } catch {
            throw UsageError("\(UsageError.quote(text)): \(error)")
        }
    }

    private static func refuseRelayOptions(_ command: CheckCommand) throws(UsageError) {
        guard command.certName == nil, command.stunPort == nil else {
            throw UsageError("--cert-name and --stun-port are for URLs: the map sets them for its nodes")
        }
    }

    private static func watch(_ command: CheckCommand) throws(UsageError) -> Watch? {
        guard let text = command.watch else {
            guard command.metricsListen == nil else { throw UsageError("--metrics-listen needs --watch") }
            return nil
        }
        let interval = try Self.duration(text, of: "--watch", .milliseconds(100)...(.seconds(86400)))
        guard let address = command.metricsListen else { return Watch(interval: interval) }
        guard let metrics = ListenAddress(address) else {
            throw UsageError("--metrics-listen is host:port, not \(UsageError.quote(address))")
        }
        return Watch(interval: interval, metrics: metrics)
    }

    private static func duration(
        _ text: String,
        of flag: String,
        _ range: ClosedRange<Duration>
    ) throws(UsageError) -> Duration {
        guard let duration = GoDuration.parse(text), range.contains(duration) else {
            throw UsageError(
                "\(flag) is \(range.lowerBound.text)…\(range.upperBound.text), such as 30s, not \(UsageError.quote(text))"
            )
        }
        return duration
    }
}
