/// What the kernel says of a TCP socket, as ss(8) prints TCP_INFO.
struct SocketSample: Hashable, Sendable {
    /// When it was asked, in nanoseconds on the monotonic clock.
    var time: UInt64 = 0
    /// Bytes that were written and not acknowledged yet.
    var sendQueue = 0
    /// Those of them that were never sent, in bytes.
    var notSent = 0
    /// The smoothed round trip, in milliseconds.
    var roundTrip = 0.0
    /// The congestion window, in segments.
    var window = 0
    /// The size of a segment, in bytes.
    var segment = 0
    /// Segments that were sent again.
    var retransmitted = 0
    var congestionControl = ""

    /// The congestion window in bytes.
    var windowBytes: Int { self.window * self.segment }

    /// Reads the output of `ss -tinH`. The first established connection counts; `nil` if there is none.
    init?(_ text: String) {
        // State, Recv-Q, Send-Q, local and remote address, some options, the congestion control, then names with values.
        var words = text.split(whereSeparator: \.isWhitespace).drop { $0 != "ESTAB" }
        if let other = words.dropFirst().firstIndex(of: "ESTAB") { words = words[..<other] }
        words = ArraySlice(Array(words))
        guard words.count > 6, let sendQueue = Int(words[2]) else { return nil }
        self.sendQueue = sendQueue
        self.congestionControl = words[5...].prefix { !$0.contains(":") }.last.map(String.init) ?? ""
        for word in words[5...] {
            let parts = word.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let first = parts[1].prefix { $0 != "/" }
            switch parts[0] {
            case "notsent": self.notSent = Int(first) ?? 0
            case "rtt": self.roundTrip = Double(first) ?? 0
            case "cwnd": self.window = Int(first) ?? 0
            case "mss": self.segment = Int(first) ?? 0
            case "retrans": self.retransmitted = parts[1].split(separator: "/").last.flatMap { Int($0) } ?? 0
            default: continue
            }
        }
        guard self.roundTrip > 0 else { return nil }
    }
}
