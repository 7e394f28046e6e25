import ArgumentParser
import LoadKit

/// The options of the relay mode.
struct RelayOptions: ParsableArguments {
    @Option(help: "Who sends to whom: pairs, one-to-many or many-to-one.")
    var shape = "pairs"

    @Option(name: [.customLong("pairs"), .customLong("peers")], help: "How many pairs, receivers or senders: 1…1000.")
    var count = 10

    @Option(name: .customLong("size"), help: "Bytes of a packet, 32…65536; several, with commas, take turns.")
    var sizes = "1400"

    @Option(
        help: ArgumentHelp(
            """
            Which part of the packets looks like path discovery, 0…1. Order is checked among these and among the others: \
            a relay may let the ones overtake the others.
            """,
            valueName: "share"
        )
    )
    var disco = 0.0

    @Option(
        name: .customLong("client"),
        help: ArgumentHelp(
            "How clients write and read: stock (a frame a write, a packet or two a read) or batching (many).",
            valueName: "style"
        )
    )
    var style = ClientStyle.stock

    @Option(help: "Closed loop: so many packets of each pair are on their way at any time.")
    var window: Int?

    @Option(help: "Open loop: so many packets a second in all.")
    var rate: Double?

    @Flag(help: "As fast as the connections take them. Loss is expected.")
    var flood = false

    @Flag(help: "Don't fail when packets are lost.")
    var allowLoss = false

    @Option(help: "Pairs that send a light load of their own and are counted apart.")
    var probes = 0

    @Option(help: "Packets a second of each probe.")
    var probeRate = 100.0

    @Option(help: "Clients that are connected besides, and silent.")
    var idle = 0

    @Option(help: "Seconds before measuring.")
    var warmup = 1.0

    @Option(help: "Seconds of measuring.")
    var duration = 5.0

    func validate() throws {
        guard (1...1000).contains(self.count) else { throw ValidationError("--pairs must be 1…1000") }
        guard [self.window != nil, self.rate != nil, self.flood].filter({ $0 }).count <= 1 else {
            throw ValidationError("--window, --rate and --flood exclude each other")
        }
        guard self.window.map({ (1...100_000).contains($0) }) ?? true else {
            throw ValidationError("--window must be 1…100000")
        }
        guard self.rate.map({ $0 > 0 && $0 <= 1e8 }) ?? true else { throw ValidationError("--rate must be above 0") }
        guard (0...1000).contains(self.probes), self.probeRate > 0 else {
            throw ValidationError("--probes must be 0…1000, --probe-rate above 0")
        }
        guard self.warmup >= 0, self.duration > 0 else { throw ValidationError("--duration must be above 0") }
        _ = try self.load()
    }

    func load() throws -> RelayLoad {
        guard let shape = RelayLoad.Shape(rawValue: self.shape) else {
            throw ValidationError("--shape must be one of \(RelayLoad.Shape.allCases.map(\.rawValue))")
        }
        let sizes = self.sizes.split(separator: ",").map { Int($0) ?? 0 }
        guard !sizes.isEmpty, sizes.allSatisfy(RelayLoad.sizes.contains) else {
            throw ValidationError("--size must be 32…65536")
        }
        guard (0...1).contains(self.disco), self.disco == 0 || sizes.allSatisfy(RelayLoad.discoSizes.contains) else {
            throw ValidationError(
                "--disco must be 0…1, and needs a --size of \(RelayLoad.discoSizes.lowerBound) or more"
            )
        }
        var load = RelayLoad()
        load.clients = self.style
        load.disco = self.disco
        load.shape = shape
        load.count = self.count
        load.sizes = sizes
        load.allowsLoss = self.allowLoss || self.flood
        load.pace =
            if self.flood {
                .flood
            } else if let rate {
                .every(UInt64(1e9 * Double(self.count) / rate))
            } else {
                .window(self.window ?? 24)
            }
        load.probes = self.probes
        load.probeRate = self.probeRate
        load.idle = self.idle
        load.warmup = .seconds(self.warmup)
        load.duration = .seconds(self.duration)
        return load
    }
}
