/// What is to be reached on a slow line. The floor is the loaded round trip of the receiver's connection.
struct FreshGoals: Hashable, Sendable {
    /// How much older than the floor packets may be, in milliseconds: half of them, 99 % of them, and 99 % of the light
    /// sender's.
    let medianExcess: Double
    let p99Excess: Double
    let lightExcess: Double
    /// The least share of what a bulk transfer gets.
    let throughput = 0.97
    /// The least share of the light senders' packets that arrive.
    let delivered = 0.99
    /// The largest difference between the shares of equal senders, of their mean.
    let shareSpread = 0.1
    /// How much more than a congestion window the relay's kernel may hold, in bytes.
    let kernelQueue = 32 * 1024

    /// Returns the goals for a line of `rate` Mbit/s.
    init(rate: Double) {
        // One packet takes 10 ms at 1 Mbit/s.
        let isSlowest = rate <= 1
        self.medianExcess = isSlowest ? 60 : 30
        self.p99Excess = isSlowest ? 150 : 100
        self.lightExcess = isSlowest ? 100 : 50
    }
}
