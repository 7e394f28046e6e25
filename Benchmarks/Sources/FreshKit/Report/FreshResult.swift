import LoadKit

/// What a server reached in one case.
public struct FreshResult: Sendable {
    let server: String
    let item: FreshPlan.Case
    /// The median of the relay's smoothed round trip to the receiver under load, in milliseconds.
    let floor: Double?
    /// The ages of the flooding senders' packets that came within the window.
    let flood: Ages
    let light: Delivery
    let disco: Delivery
    /// What came over the receiver's connection, with DERP's frames and TLS, in bytes a second.
    let streamRate: Double
    /// What came of the flooding senders' packets themselves, in bytes a second.
    let payloadRate: Double
    /// What came over the line, with all headers, in bytes a second.
    let wireRate: Double
    /// What a bulk transfer got, in bytes a second.
    let bulkRate: Double?
    /// What came of each flooding sender, in bytes.
    let shares: [Double]
    /// What the relay's kernel held and hadn't sent yet, in bytes.
    let notSent: Ages
    /// The congestion window, in bytes.
    let window: Ages
    let retransmitted: Int
    let congestionControl: String
    let stall: StallResult?
    let delay: DelayLine.Account
    /// The share of all processors that was in use, by whatever program.
    let busyShare: Double
    /// What went wrong; empty if the measurement counts.
    let failures: [String]

    init(
        _ server: String,
        _ item: FreshPlan.Case,
        _ record: FreshRecord,
        _ settings: RunSettings,
        _ bulkRate: Double?
    ) {
        let window = record.window
        let seconds = Double(window.upperBound - window.lowerBound) / 1e9
        let inside = record.arrivals.filter { window.contains($0.arrived) }
        let floods = record.flows.indices.filter { record.flows[$0].role == .flood }
        let samples = record.samples.filter { window.contains($0.time) }
        let shares = floods.map { flow in inside.reduce(0.0) { $0 + ($1.flow == flow ? Double($1.size) : 0) } }
        self.server = server
        self.item = item
        self.floor = Ages(samples.map(\.roundTrip)).median
        self.flood = Ages(inside.filter { floods.contains($0.flow) })
        self.light = Delivery(.light, record)
        self.disco = Delivery(.disco, record)
        self.streamRate = Self.streamRate(inside)
        self.payloadRate = shares.reduce(0, +) / seconds
        self.wireRate = record.wireRate
        self.bulkRate = bulkRate
        self.shares = shares
        self.notSent = Ages(samples.map { Double($0.notSent) })
        self.window = Ages(samples.map { Double($0.windowBytes) })
        self.retransmitted = (samples.last?.retransmitted ?? 0) - (samples.first?.retransmitted ?? 0)
        self.congestionControl = samples.last?.congestionControl ?? ""
        self.stall = StallResult(record)
        self.delay = record.delay
        self.busyShare = record.busyShare
        self.failures = Self.failures(record, inside.count)
    }

    /// Returns how many bytes a second the connection carried between the first and the last of these arrivals.
    private static func streamRate(_ arrivals: [Arrival]) -> Double {
        guard let first = arrivals.first, let last = arrivals.last, last.arrived > first.arrived else { return 0 }
        return Double(last.position - first.position) / (Double(last.arrived - first.arrived) / 1e9)
    }

    private static func failures(_ record: FreshRecord, _ arrived: Int) -> [String] {
        var list: [String] = []
        if !record.faults.isEmpty { list.append("packets: \(record.faults)") }
        if record.brokenSenders > 0 { list.append("\(record.brokenSenders) senders lost their connection") }
        if record.delay.dropped > 0 { list.append("the delay line lost \(record.delay.dropped) packets") }
        if arrived == 0 { list.append("nothing came") }
        return list
    }

    /// The throughput as a share of the bulk transfer's.
    var throughput: Double? { self.bulkRate.flatMap { $0 > 0 ? self.streamRate / $0 : nil } }

    /// The smallest and the largest share of the flooding senders, and their difference, each as a part of the mean.
    var shareRange: (least: Double, most: Double, spread: Double)? {
        let mean = self.shares.reduce(0, +) / Double(max(self.shares.count, 1))
        guard self.shares.count > 1, mean > 0, let least = self.shares.min(), let most = self.shares.max() else {
            return nil
        }
        return (least / mean, most / mean, (most - least) / mean)
    }

    var goals: FreshGoals { FreshGoals(rate: self.item.line.rate ?? .infinity) }

    /// The goals that were missed, in words for a table.
    var missed: [String] {
        var list = self.failures
        let goals = self.goals
        if self.item.scenario == .flood, let floor {
            if (self.flood.median ?? .infinity) > floor + goals.medianExcess { list.append("p50") }
            if (self.flood.p99 ?? .infinity) > floor + goals.p99Excess { list.append("p99") }
            if let throughput, throughput < goals.throughput { list.append("throughput") }
            if (self.light.share ?? 0) < goals.delivered { list.append("light delivered") }
            if (self.light.ages.p99 ?? .infinity) > floor + goals.lightExcess { list.append("light p99") }
            if (self.disco.share ?? 0) < goals.delivered { list.append("disco delivered") }
        }
        if self.item.scenario.isAboutShares, (self.shareRange?.spread ?? .infinity) > goals.shareSpread {
            list.append("shares")
        }
        if self.item.scenario == .stall {
            if let stall, stall.relayHeld <= goals.kernelQueue + stall.window {} else { list.append("kernel's queue") }
        }
        return list
    }

    /// The result in one line.
    var summary: String {
        let ages = [self.flood.median, self.flood.p99, self.flood.most].map(Figure.milliseconds).joined(
            separator: " / "
        )
        var parts = [
            "floor \(Figure.milliseconds(self.floor)) ms", "age \(ages) ms",
            "\(Figure.percent(self.throughput)) % of bulk",
            "light \(Figure.percent(self.light.share)) %, p99 \(Figure.milliseconds(self.light.ages.p99)) ms",
            "disco \(Figure.percent(self.disco.share)) %, p99 \(Figure.milliseconds(self.disco.ages.p99)) ms",
        ]
        if let range = self.shareRange {
            parts.append("shares \(Figure.decimal(range.least, 2))…\(Figure.decimal(range.most, 2))")
        }
        if let stall {
            parts.append(
                "kernel held \(Figure.kibibytes(Double(stall.relayHeld))) KiB, then oldest \(Figure.milliseconds(stall.rest.most)) ms"
            )
        }
        return (parts + self.failures.map { "FAILED: \($0)" }).joined(separator: "; ")
    }
}
