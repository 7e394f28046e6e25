/// The load of the relay mode.
public struct RelayLoad: Sendable {
    /// Which clients send to which.
    public enum Shape: String, CaseIterable, Sendable {
        /// Each sender has a receiver of its own.
        case pairs
        case oneToMany = "one-to-many"
        case manyToOne = "many-to-one"
        /// One packet goes back and forth.
        case pingPong = "ping-pong"
    }

    public var shape = Shape.pairs
    /// The number of pairs, receivers or senders.
    public var count = 10
    /// The sizes of the packets, in turn, in bytes. At least ``sizes-swift.type.property``.
    public var sizes = [1400]
    /// The share of packets that look like path discovery, 0…1. Relays queue those separately. They need
    /// ``discoSizes``.
    public var disco = 0.0
    /// When the flows send. For an open loop, the interval is that of one flow.
    public var pace = Pace.window(24)
    /// How the clients write and read.
    public var clients = ClientStyle.stock
    /// The number of pairs that send a light open-loop load in addition. They are counted separately.
    public var probes = 0
    /// The packets per second of one probe.
    public var probeRate = 100.0
    public var probeSize = 200
    /// The number of clients that are connected and send nothing.
    public var idle = 0
    public var warmup: Duration = .seconds(1)
    public var duration: Duration = .seconds(5)
    /// Whether lost packets are expected.
    public var allowsLoss = false

    public init() {}

    /// The smallest and the largest test packet, in bytes.
    public static let sizes = PacketStamp.minimumSize...65536

    /// The smallest and the largest test packet of path discovery, in bytes.
    public static let discoSizes = TestPacket.minimumDiscoSize...65536

    var title: String {
        let pace =
            switch self.pace {
            case .window(let count): "window \(count)"
            case .every(let interval): "\(Int(1e9 / Double(max(interval, 1)))) packets/s each"
            case .flood: "as fast as they can"
            case .echo: "echo"
            }
        let sizes = self.sizes.map(String.init).joined(separator: "+")
        var title = "relay \(self.shape.rawValue) x\(self.count), \(sizes) B, \(pace), \(self.clients) clients"
        if self.disco > 0 { title += ", \(Report.format(self.disco * 100)) % disco" }
        if self.probes > 0 { title += ", \(self.probes) probes" }
        if self.idle > 0 { title += ", \(self.idle) idle" }
        return title
    }
}
