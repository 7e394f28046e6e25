import LoadKit

/// What the suite measures.
struct SuitePlan {
    /// One trial.
    struct Entry {
        /// Who takes part.
        enum Sides {
            /// All servers, and where no frames need to be read the limits and the proxies too.
            case all
            /// The same without the proxies.
            case allButProxies
            /// The same without TLS.
            case plain
            /// The first server, named so, beside itself doing something else.
            case itself(name: String, other: String, otherName: String)
            /// The first server with two event loops, beside itself with one.
            case loops(isShared: Bool)
        }

        let name: String
        /// A mode and its options.
        let text: String
        var sides = Sides.allButProxies
        var rounds: Int
    }

    let entries: [Entry]
    /// The offered loads, packets per second, and the numbers of idle clients that are drawn.
    let rates: [Int]
    let crowds: [Int]

    static func name(rate: Int) -> String { "offered \(rate)/s" }
    static func name(crowd: Int) -> String { "idle \(crowd)" }
}

extension SuitePlan {
    /// In under 10 minutes, with another server and the limits too.
    static let full = SuitePlan(
        rounds: 5,
        seconds: 1.5,
        rates: [50_000, 100_000, 200_000, 400_000, 800_000],
        crowds: [1000, 2500, 5000]
    )

    /// In a minute.
    static let quick = SuitePlan(rounds: 1, seconds: 0.5, rates: [50_000, 200_000, 800_000], crowds: [])

    /// - Parameters:
    ///   - rounds: of the trials that are about goals.
    ///   - seconds: of measuring, a turn.
    private init(rounds: Int, seconds: Double, rates: [Int], crowds: [Int]) {
        func preset(_ name: String) -> String { Preset.text(name) + Self.timing(of: Preset.text(name), seconds) }
        func same(_ name: String, _ sides: Entry.Sides = .allButProxies, rounds: Int) -> Entry {
            Entry(name: name, text: preset(name), sides: sides, rounds: rounds)
        }
        let fewer = (rounds + 1) / 2
        let named = [
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
        // No goal is about large packets.
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
