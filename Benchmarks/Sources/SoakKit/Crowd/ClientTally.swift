/// What happened to clients, counted over all of them.
struct ClientTally: Hashable, Sendable {
    var logins: UInt64 = 0
    /// Connections that the server didn't take, or reset before TLS or the login was complete.
    var refused: UInt64 = 0
    /// Logins that took longer than 10 s.
    var late: UInt64 = 0
    /// Logins that a list forbade.
    var denied: UInt64 = 0
    var leftInOrder: UInt64 = 0
    var leftByReset: UInt64 = 0
    /// Connections that ended because their server stopped, or was taken over.
    var dismissed: UInt64 = 0
    /// Connections of clients that read too slowly, which the server closed.
    var closedSlow: UInt64 = 0
    /// Connections that ended for no reason that the soak knows.
    var lost: UInt64 = 0
    /// Health frames for clients that no list denies.
    var health: UInt64 = 0
    var packets: UInt64 = 0
    /// Packets whose bytes, sender or receiver are wrong.
    var corrupt: UInt64 = 0
    /// Packets that arrived twice, or after later ones of the same connection.
    var disordered: UInt64 = 0
    /// Why the last login failed.
    var lastFailure = ""
    /// What the last disordered packet was.
    var lastDisorder = ""

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.logins += right.logins
        sum.refused += right.refused
        sum.late += right.late
        sum.denied += right.denied
        sum.leftInOrder += right.leftInOrder
        sum.leftByReset += right.leftByReset
        sum.dismissed += right.dismissed
        sum.closedSlow += right.closedSlow
        sum.lost += right.lost
        sum.health += right.health
        sum.packets += right.packets
        sum.corrupt += right.corrupt
        sum.disordered += right.disordered
        if sum.lastFailure.isEmpty { sum.lastFailure = right.lastFailure }
        if sum.lastDisorder.isEmpty { sum.lastDisorder = right.lastDisorder }
        return sum
    }
}
