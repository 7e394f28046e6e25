/// Prometheus' text format, version 0.0.4. Names are the program's own, so nothing in them needs escaping.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        self.counter(name, help, [(value, [])])
    }

    mutating func counter(_ name: String, _ help: String, _ samples: [(value: UInt64, labels: [(String, String)])]) {
        self.begin(name, help, type: "counter")
        for sample in samples { self.sample(name, String(sample.value), sample.labels) }
    }

    /// A time that adds up, in seconds.
    mutating func counter(_ name: String, _ help: String, seconds nanoseconds: UInt64) {
        self.begin(name, help, type: "counter")
        self.sample(name, String(Double(nanoseconds) / 1e9), [])
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Int, labels: [(String, String)] = []) {
        self.gauge(name, help, [(value, labels)])
    }

    mutating func gauge(_ name: String, _ help: String, _ samples: [(value: Int, labels: [(String, String)])]) {
        self.begin(name, help, type: "gauge")
        for sample in samples { self.sample(name, String(sample.value), sample.labels) }
    }

    /// Writes several samples of one gauge, or nothing if there are none.
    mutating func gauge(_ name: String, _ help: String, _ samples: [(value: Double, labels: [(String, String)])]) {
        guard !samples.isEmpty else { return }
        self.begin(name, help, type: "gauge")
        for sample in samples { self.sample(name, String(sample.value), sample.labels) }
    }

    private mutating func begin(_ name: String, _ help: String, type: String) {
        self.line("# HELP \(name) \(help)")
        self.line("# TYPE \(name) \(type)")
    }

    private mutating func sample(_ name: String, _ value: String, _ labels: [(String, String)]) {
        let list = labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
        self.line(list.isEmpty ? "\(name) \(value)" : "\(name){\(list)} \(value)")
    }

    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }) else {
            return text
        }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: scalar.value < 0x20 ? "?" : String(scalar)
            }
        }.joined()
    }

    private mutating func line(_ text: String) {
        self.bytes.append(contentsOf: text.utf8)
        self.bytes.append(UInt8(ascii: "\n"))
    }
}
