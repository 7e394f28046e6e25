extension FairQueue {
    /// Copies frames whose turn it is to `memory`, one behind the other, and drops those that have waited too long.
    ///
    /// - Parameters:
    ///   - memory: Must have room for `room` bytes and one more frame.
    ///   - room: How many bytes may be sent.
    ///   - exceeds: Whether the first frame is taken even if it is larger. Then the kernel has sent what it got before.
    ///   - longestTime: Returns for how long, at most, a frame of so many bytes may count as being sent.
    ///   - counters: Gets what became of the packets.
    /// - Returns: The number of bytes that were copied.
    mutating func take(
        to memory: UnsafeMutableRawPointer,
        room: Int,
        exceeds: Bool,
        at now: UInt64,
        limits: DelayControl.Limits,
        longestTime: (Int) -> UInt64,
        counters: inout RelayCounters
    ) -> Int {
        if exceeds { self.endOccupation(at: now) }
        var count = 0
        while let index = self.nextFlow {
            guard let entry = self.nextFrame(of: index, now, limits, &counters) else {
                self.retire(index)
                continue
            }
            guard self.flows[index].credit > 0 else {
                self.flows[index].credit += Self.quantum
                self.endTurn(of: index)
                continue
            }
            let frameCount = entry.frameCount
            guard count + frameCount <= room || exceeds && count == 0 else { break }
            self.remove(entry, of: index, to: memory + count)
            self.flows[index].credit -= frameCount
            count += frameCount
            if frameCount > Self.ordinaryFrame { self.occupy(by: index, from: now, for: longestTime(frameCount)) }
            guard entry.kind != .peerGone else { continue }
            counters.packetsSent += 1
            counters.bytesSent += UInt64(entry.packetCount)
            counters.queueDelays.note(now &- entry.arrival)
        }
        self.forget()
        return count
    }

    /// The flow whose turn it is.
    private var nextFlow: Int? { self.disco.first ?? self.newcomers.first ?? self.others.first }

    /// The next frame of a flow that hasn't waited too long.
    private mutating func nextFrame(
        of index: Int,
        _ now: UInt64,
        _ limits: DelayControl.Limits,
        _ counters: inout RelayCounters
    ) -> Entry? {
        while let entry = self.head(of: index), entry.kind != .peerGone {
            let wait = self.wait(of: entry, in: index, until: now)
            let isLast = self.isLast(entry, of: index)
            let time = now &- self.excuse(of: index, at: now)
            guard self.flows[index].control.drops(after: wait, isLast: isLast, now: time, limits: limits) else {
                return entry
            }
            self.drop(entry, of: index, &counters)
        }
        return self.head(of: index)
    }

    /// Has the flow wait for its next turn.
    private mutating func endTurn(of index: Int) {
        if self.disco.first == index {
            self.disco.removeFirst()
            self.disco.append(index)
        } else {
            self.leaveFirst(index)
            self.others.append(index)
        }
    }

    /// Handles a flow that has nothing any more. One that has just begun waits for a turn first, or it would begin again
    /// with its next packet, before everybody else (RFC 8290 §4.2).
    private mutating func retire(_ index: Int) {
        if self.disco.first == index {
            self.disco.removeFirst()
        } else if self.newcomers.first == index, !self.others.isEmpty {
            self.endTurn(of: index)
            return
        } else {
            self.leaveFirst(index)
        }
        self.flows[index].isListed = false
    }

    private mutating func leaveFirst(_ index: Int) {
        if self.newcomers.first == index { self.newcomers.removeFirst() } else { self.others.removeFirst() }
    }
}
