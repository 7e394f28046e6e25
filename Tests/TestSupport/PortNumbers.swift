import AsyncSockets

/// Numbers for ports that servers are told to listen on.
package enum PortNumbers {
    /// Below the ports that the kernel gives to connections and to those who ask for any (32768…60999): nobody gets one of
    /// these by chance between its choice and the server's start.
    private static let range: Range<UInt16> = 12_000..<32_000
    private static let last = Lock(UInt16.random(in: range))

    /// A number that nobody in this process has been given lately. Another program may listen there: try it.
    package static func next() -> UInt16 {
        self.last.withLock { last in
            last = last + 1 < self.range.upperBound ? last + 1 : self.range.lowerBound
            return last
        }
    }
}
