import LoadKit

/// The measurements of the suite.
struct SuitePlan {
    /// One trial.
    struct Entry {
        /// Which servers take part.
        enum Sides {
            /// All servers. The limits and proxies take part too if no frames need to be read.
            case all
            /// The same without the proxies.
            case allButProxies
            /// The same without TLS.
            case plain
            /// The first server with the given name, and the same server with another load.
            case itself(name: String, other: String, otherName: String)
            /// The first server with two event loops, and the same server with one.
            case loops(isShared: Bool)
        }

        let name: String
        /// A mode and its options.
        let text: String
        var sides = Sides.allButProxies
        var rounds: Int
    }

    let entries: [Entry]
    /// The offered loads in packets per second, and the numbers of idle clients, for the charts.
    let rates: [Int]
    let crowds: [Int]

    static func name(rate: Int) -> String { "offered \(rate)/s" }
    static func name(crowd: Int) -> String { "idle \(crowd)" }
}

extension SuitePlan {
    /// Takes less than 10 minutes, including another server and the limits.
    static let full = SuitePlan(
        rounds: 5,
        seconds: 1.5,
        rates: [50_000, 100_000, 200_000, 400_000, 800_000],
        crowds: [1000, 2500, 5000]
    )

    /// Takes a minute.
    static let quick = SuitePlan(rounds: 1, seconds: 0.5, rates: [50_000, 200_000, 800_000], crowds: [])

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - rounds: The number of rounds of the trials that have goals.
    ///   - seconds: The duration of each measurement.
    private init(rounds: Int, seconds: Double, rates: [Int], crowds: [Int]) {
        func preset(_ name: String) -> String { Preset.text(name) + Self.timing(of: Preset.text(name), seconds) }
        func same(_ name: String, _ sides: Entry.Sides = .allButProxies, rounds: Int) -> Entry {
            Entry(name: name, text: preset(name), sides: sides, rounds: rounds)
        }
        let fewer = (rounds + 1) / 2
        let named = [
            same("stock", rounds: rounds),
            Entry(name: "stock-plain", text: preset("stock"), sides: .plain, rounds: rounds),
            same("pairs", .all, rounds: rounds),
            same("small", .all, rounds: rounds),
            same("large", rounds: fewer),
            same("one-pair", .all, rounds: rounds),
            Entry(name: "plain", text: preset("pairs"), sides: .plain, rounds: rounds),
            same("overload", rounds: fewer),
            same("light-pair", rounds: fewer),
            same("ping-pong", rounds: rounds),
            same("logins", rounds: rounds),
            same("idle", rounds: (rounds + 2) / 3),
            Entry(
                name: "crowd",
                text: preset("crowd"),
                sides: .itself(name: "beside 10 000 idle", other: preset("pairs"), otherName: "alone"),
                rounds: fewer
            ),
            Entry(name: "loops", text: preset("pairs"), sides: .loops(isShared: false), rounds: rounds),
            Entry(name: "loops-shared", text: preset("pairs"), sides: .loops(isShared: true), rounds: rounds),
            same("stun", rounds: rounds),
            same("start", rounds: rounds * 2),
        ]
        let sweep = rates.map {
            Entry(
                name: Self.name(rate: $0),
                text: "relay --rate \($0) --allow-loss" + Self.timing(of: "relay", min(seconds, 1)),
                rounds: min(rounds, 2)
            )
        }
        let idle = crowds.map {
            Entry(name: Self.name(crowd: $0), text: "idle --clients \($0) --hold 0.5", rounds: 1)
        }
        // No goal concerns large packets.
        self.entries = named.filter { rounds > 1 || $0.name != "large" } + sweep + idle
        self.rates = rates
        self.crowds = crowds
    }

    private static func timing(of text: String, _ seconds: Double) -> String {
        switch text.split(separator: " ").first {
        case "relay", "pingpong": " --warmup 0.3 --duration \(seconds)"
        case "connect", "stun": " --duration \(seconds)"
        default: ""
        }
    }
}
