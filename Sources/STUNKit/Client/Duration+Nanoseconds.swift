extension Duration {
    /// Whole nanoseconds, at least 0 and at most a century, so that adding it to a clock never overflows.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = min(max(self, .zero), .seconds(3_155_760_000)).components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
    }
}
