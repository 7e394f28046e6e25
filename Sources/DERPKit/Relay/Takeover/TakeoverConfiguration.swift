import AsyncSockets

/// How a relay takes over from the previous process, and hands over to the next one.
public struct TakeoverConfiguration: Hashable, Sendable {
    /// The path of the Unix socket at which the serving relay is found: 1…107 bytes, in a directory that only its owner
    /// can write to.
    public var path: String
    /// The time over which a relay that was taken over sends its clients away, one after the other. Zero: all at once.
    public var drainTime: Duration = .seconds(10)
    /// How long the exchange with the other process may stand still. More than zero.
    package var timeout: Duration = .seconds(5)
    /// How long a successor may take from receiving the sockets to serving. More than zero.
    package var startTimeout: Duration = .seconds(30)

    /// Creates a configuration that uses the Unix socket at `path` to take over and to be taken over from.
    public init(path: String) {
        self.path = path
    }

    /// Checks whether a relay could use ``path`` to take over and to be taken over from. Connects to nobody.
    ///
    /// - Throws: ``DERPError`` with code `takeover` when the path can't be used.
    package func check() throws(DERPError) {
        do {
            try MessageListener.check(self.path)
        } catch {
            throw DERPError(.takeover, error.message)
        }
        do {
            try AtomicFile.checkWritable(self.path)
        } catch {
            throw DERPError(.takeover, "can't make a socket at \(self.path): \(error)")
        }
    }

    func validate() throws(DERPError) {
        let require = DERPError.require
        try require((1...107).contains(self.path.utf8.count), "a takeover socket's path has 1…107 bytes")
        try require(self.drainTime >= .zero, "the drain time is less than zero")
        try require(self.timeout > .zero, "the takeover's timeout is not more than zero")
        try require(self.startTimeout > .zero, "the successor's timeout is not more than zero")
    }
}
