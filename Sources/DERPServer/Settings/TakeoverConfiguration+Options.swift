import DERPKit

extension TakeoverConfiguration {
    /// Takes the flags of takeovers; `nil` when there are none.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init?(_ options: TakeoverOptions) throws(UsageError) {
        let drainTime = try FlagValue("--drain-time", options.drainTime).duration(
            zeroOr: .milliseconds(1)...(.seconds(3600))
        )
        guard !options.takeover.isEmpty else { return nil }
        guard options.takeover.utf8.count <= 107 else {
            throw UsageError("--takeover is a path of at most 107 bytes, not \(UsageError.quote(options.takeover))")
        }
        self.init(path: options.takeover)
        self.drainTime = drainTime
    }
}
