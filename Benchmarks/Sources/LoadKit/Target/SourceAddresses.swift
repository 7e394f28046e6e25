import AsyncSockets

/// Loopback addresses to connect from, in turn. One address has about 28,000 ports, and a closed connection keeps its
/// port for a minute.
struct SourceAddresses: Sendable {
    private let isLoopback: Bool
    private var next: UInt32

    /// Makes the addresses for a target.
    ///
    /// - Parameter start: Where in the turn to begin, at least 0.
    init(for target: Target, from start: Int = 0) {
        self.isLoopback = target.isLoopback
        self.next = UInt32(start % 200)
    }

    /// Returns the next address; `nil`, which is the kernel's choice, unless the target is in 127.0.0.0/8.
    mutating func take() -> IPAddress? {
        guard self.isLoopback else { return nil }
        self.next = self.next % 200 + 1
        return IPAddress(ipv4: 0x7f00_0100 + self.next)
    }
}
