import ArgumentParser
import AsyncSockets
import FoundationEssentials
import LoadKit

struct AllocationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allocations",
        abstract: "Counts a server's allocations while it relays: per packet there should be none.",
        discussion: "The command is run as in \"compare\", with a library that counts calls of malloc and its kin."
    )

    @Option(help: ArgumentHelp("The server, and how to start it.", valueName: "name=command"))
    var server: String

    @Flag(help: "The server speaks plain HTTP.")
    var plain = false

    @Option(help: "How many pairs.")
    var pairs = 10

    @Option(help: "Bytes of a packet, 32…65536.")
    var size = 1400

    @Option(help: "How many packets of each pair are on their way at any time.")
    var window = 24

    @Option(help: "N: packets of each pair in the first part; ten times as many are counted.")
    var packets: UInt64 = 10_000

    @Option(help: "Exit with code 1 above so many allocations per 1000 packets.")
    var most: Double?

    @Flag(help: "Print one line of JSON instead of text.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(self.pairs), RelayLoad.sizes.contains(self.size), (1...1000).contains(self.window),
            (1...1_000_000).contains(self.packets)
        else { throw ValidationError("--pairs, --size, --window or --packets is out of range") }
    }

    func run() async throws {
        var load = AllocationLoad()
        load.load.count = self.pairs
        load.load.sizes = [self.size]
        load.load.pace = .window(self.window)
        load.packets = self.packets
        let report = try await load.run(
            try ServerRecipe(self.server),
            library: Self.library,
            isTLS: !self.plain,
            group: try IOLoopGroup(count: 1)
        )
        print(self.json ? report.json : report.text)
        let isWithin = self.most.map { (report["allocations per 1000 packets"] ?? .infinity) <= $0 } ?? true
        guard report.isSuccess, isWithin else { throw ExitCode.failure }
    }

    /// The path of the library, which is built next to this program.
    private static var library: String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/libMallocCount.so"
    }
}
