/// A frame can't be interrupted, and on a slow line a large one takes as long as packets may wait. That is no fault of those
/// who wait behind it. So each flow has a clock of its own, which stands still while another flow's large frame is being
/// sent.
extension FairQueue {
    /// A large frame that is being sent.
    struct Occupation {
        /// Whose it is. `nil`: it isn't known.
        var flow: Int?
        /// When the kernel got it, by the loop's clock.
        let start: UInt64
        /// The longest time that counts, in nanoseconds: a client that reads nothing has old packets nevertheless.
        let longest: UInt64

        func time(until now: UInt64) -> UInt64 { min(now &- self.start, self.longest) }
    }

    /// The largest frame of a packet as WireGuard usually sends them, in bytes.
    static let ordinaryFrame = 1500 + PacketFrame.overhead

    /// For how long the flow's clock has stood still, in nanoseconds.
    func excuse(of index: Int, at now: UInt64) -> UInt64 {
        let past = self.occupiedTime &- self.flows[index].ownTime
        guard let occupation = self.occupation, occupation.flow != index else { return past }
        return past &+ occupation.time(until: now)
    }

    /// How long a frame has waited by its flow's clock, in nanoseconds.
    func wait(of entry: Entry, in index: Int, until now: UInt64) -> UInt64 {
        let excuse = UInt32(truncatingIfNeeded: self.excuse(of: index, at: now) / 1000) &- entry.excuse
        let time = now &- entry.arrival
        return time - min(time, UInt64(excuse) * 1000, self.longestExcuse)
    }

    /// Notes that a large frame is being sent from now on.
    ///
    /// A packet is excused for about one of the largest frames that were lately sent. Otherwise somebody who sends one after
    /// the other could have everybody else's packets wait for as long as that lasts.
    mutating func occupy(by flow: Int?, from now: UInt64, for longest: UInt64) {
        self.endOccupation(at: now)
        self.longestExcuse = max(longest, self.longestExcuse - self.longestExcuse / 8)
        self.occupation = Occupation(flow: flow, start: now, longest: longest)
    }

    /// Assumes that a large frame whose sender isn't known is from a flow to which another one comes. What that flow was
    /// excused so far, it keeps.
    mutating func attributeOccupation(to flow: Int, at now: UInt64) {
        guard let occupation = self.occupation, occupation.flow == nil else { return }
        self.flows[flow].ownTime &-= occupation.time(until: now)
        self.occupation?.flow = flow
    }

    /// Notes that the large frame has been sent, if there was one.
    mutating func endOccupation(at now: UInt64) {
        guard let occupation = self.occupation else { return }
        let time = occupation.time(until: now)
        self.occupiedTime &+= time
        if let flow = occupation.flow { self.flows[flow].ownTime &+= time }
        self.occupation = nil
    }
}
