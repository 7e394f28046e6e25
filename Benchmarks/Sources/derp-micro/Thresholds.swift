import FoundationEssentials

/// The most instructions that each case may take.
struct Thresholds {
    let limits: [String: Int]

    init(limits: [String: Int]) {
        self.limits = limits
    }

    init(path: String) throws {
        self.limits = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: URL(filePath: path)))
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(self.limits) + Data("\n".utf8)).write(to: URL(filePath: path))
    }
}
