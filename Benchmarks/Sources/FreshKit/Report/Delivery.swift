/// What became of the packets that a light sender sent.
struct Delivery: Hashable, Sendable {
    let sent: Int
    let arrived: Int
    let ages: Ages

    /// Looks at the flows of one role, and at what they sent within the window.
    init(_ role: FlowPlan.Role, _ record: FreshRecord) {
        let flows = record.flows.indices.filter { record.flows[$0].role == role }
        let arrivals = record.arrivals.filter { flows.contains($0.flow) && record.window.contains($0.sent) }
        self.sent = flows.reduce(0) { sum, flow in sum + record.sent[flow].count { record.window.contains($0) } }
        self.arrived = arrivals.count
        self.ages = Ages(arrivals)
    }

    /// The share that arrived; `nil` if nothing was sent.
    var share: Double? { self.sent > 0 ? Double(self.arrived) / Double(self.sent) : nil }
}
