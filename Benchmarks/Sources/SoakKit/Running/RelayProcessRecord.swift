import SiegeKit

/// One process of the relay, from its start to its end.
struct RelayProcessRecord: Sendable {
    let number: Int
    /// Before its successor started, or before everybody left.
    var loaded = ServerUse()
    /// The last numbers that were read.
    var last = ServerUse()
    var page = MetricsPage("")
    /// How many packets anybody sent between the last numbers and the end.
    var unseen: UInt64 = 0
    var status: Int32?
    /// How long it took from the successor's start until this process had ended, in seconds.
    var endSeconds: Double?
    /// How long it took until all clients were back, in seconds; `nil` if they didn't come back.
    var returnSeconds: Double?

    init(_ number: Int) { self.number = number }

    var account: ServerAccount { ServerAccount(self.page) }
    var clients: UInt64 { self.page.value("derp_clients") }
}
