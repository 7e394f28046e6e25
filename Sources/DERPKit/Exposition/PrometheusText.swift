/// Prometheus' text format, version 0.0.4. Names are the program's own: nothing in them needs escaping.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ family: MetricFamily) {
        self.line("# HELP \(family.name) \(family.help)")
        self.line("# TYPE \(family.name) \(family.kind.rawValue)")
        for sample in family.samples {
            let list = sample.labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
            let name = family.name + sample.suffix
            self.line(list.isEmpty ? "\(name) \(sample.value)" : "\(name){\(list)} \(sample.value)")
        }
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

extension PrometheusText {
    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        self.write(.counter(name, help, value))
    }

    mutating func counter(_ name: String, _ help: String, _ samples: [(value: UInt64, labels: [(String, String)])]) {
        self.write(.counter(name, help, samples))
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Int, labels: [(String, String)] = []) {
        self.write(.gauge(name, help, value, labels: labels))
    }

    /// Several samples of one gauge; none: nothing is written.
    mutating func gauge(_ name: String, _ help: String, _ samples: [(value: Double, labels: [(String, String)])]) {
        if !samples.isEmpty { self.write(.gauge(name, help, samples)) }
    }
}
