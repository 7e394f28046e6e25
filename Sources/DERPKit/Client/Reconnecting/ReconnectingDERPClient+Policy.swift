extension ReconnectingDERPClient {
    /// How long a client waits before it connects again.
    ///
    /// Delays are random, between half of what this policy says and all of it. So clients that lost their server at the
    /// same time don't come back at the same time.
    ///
    /// A Restarting message takes precedence: the client comes back after the time that the server announces, and then
    /// tries at least once a second for as long as the server says. Both times are limited to a minute.
    public struct Policy: Hashable, Sendable {
        /// The delay before the first try after a lost connection. It doubles with each failure in a row.
        public var initialDelay: Duration = .milliseconds(100)
        /// The limit of all delays except ``refusedDelay``. Tailscale's clients wait for at most 5 s.
        public var maximumDelay: Duration = .seconds(5)
        /// The range of the delay after the server refused the client. By default it is as long as a relay of this
        /// package keeps the connections of refused clients open (docs/refusals.md).
        public var refusedDelay: ClosedRange<Duration> = .seconds(30) ... .seconds(100)
        /// How long a connection must last before delays start at ``initialDelay`` again. A login or a frame is not
        /// enough. Otherwise a server that admits the client and then closes would get it back at once, over and over.
        public var resetAfter: Duration = .seconds(10)

        /// Makes a policy with the defaults.
        public init() {}
    }
}
