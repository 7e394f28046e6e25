/// The costs of messages, as tables in Markdown.
public struct CostReport {
    let rows: [CostRow]
    let rounds: Int
    /// The processor time of the servers without requests.
    let idle: [String]

    /// The most that a message may cost, in microseconds. RSA is exempt, because signing alone takes more.
    public static let limit = 1000.0

    /// The rows above the limit, without those with RSA.
    private var excesses: [CostRow] { self.rows.filter { !$0.message.server.isRSA && $0.cost.median > Self.limit } }

    /// Whether all messages are within the limit.
    public var isWithin: Bool { self.excesses.isEmpty }

    public var markdown: String {
        let (rsa, others) = (self.rows.filter(\.message.server.isRSA), self.rows.filter { !$0.message.server.isRSA })
        return """
            \(self.verdict) Of \(others.count) messages, \(self.rounds) rounds; in brackets the lowest and the highest.
            What an idle server takes in a second was taken off: \(self.idle.joined(separator: ", ")).

            \(Self.table(others))

            With RSA certificates:

            \(Self.table(rsa))

            """
    }

    /// The goal, and whether it is reached.
    private var verdict: String {
        let names = self.excesses.map { "\($0.message.name) (\(Report.format($0.cost.median)) µs)" }
        return names.isEmpty
            ? "**No message costs more than 1 ms.**"
            : "**\(names.count) messages cost more than 1 ms**: \(names.joined(separator: "; "))."
    }

    private static func table(_ rows: [CostRow]) -> String {
        let head = """
            | message | server | bytes | CPU, µs | µs per KiB | on top of | whole connection, µs | its bytes | |
            |---|---|--:|--:|--:|---|--:|--:|---|
            """
        let lines = rows.sorted { $0.cost.median > $1.cost.median }.map { row in
            let cells = [
                row.message.name, row.message.server.rawValue, Report.format(row.bytes), row.cost.description,
                row.costPerKilobyte.map { Report.format($0) } ?? "", row.message.base ?? "",
                Report.format(row.connectionCost.median), Report.format(row.connectionBytes),
                [row.isRefused ? "refused" : nil, row.cost.median > Self.limit ? "above 1 ms" : nil].compactMap(\.self)
                    .joined(separator: ", "),
            ]
            return "| \(cells.joined(separator: " | ")) |"
        }
        return ([head] + lines).joined(separator: "\n")
    }
}
