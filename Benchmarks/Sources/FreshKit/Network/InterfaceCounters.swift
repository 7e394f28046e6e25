/// The counters of a network interface, from `/proc/net/dev` (proc(5)).
struct InterfaceCounters: Hashable, Sendable {
    let receivedBytes: UInt64
    /// Packets in both directions.
    let dropped: UInt64

    /// Reads the counters of an interface; `nil` if it isn't there.
    init?(_ text: String, of name: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
            let numbers = parts[1].split(separator: " ").map { UInt64($0) ?? 0 }
            guard numbers.count >= 12 else { return nil }
            self.receivedBytes = numbers[0]
            self.dropped = numbers[3] + numbers[11]
            return
        }
        return nil
    }
}
