import ArgumentParser
import AsyncSockets
import LoadKit

/// A scenario with a name.
struct Preset {
    let name: String
    /// A mode and its options.
    let text: String

    static let all = [
        Self(name: "stock", text: "relay --client stock --size 1400 --pairs 10 --window 24"),
        Self(name: "pairs", text: "relay --client batching --size 1400 --pairs 10 --window 24"),
        Self(name: "small", text: "relay --client batching --size 100 --pairs 10 --window 24"),
        Self(name: "large", text: "relay --client batching --size 16000 --pairs 10 --window 8"),
        Self(name: "one-pair", text: "relay --client batching --size 1400 --pairs 1 --window 24"),
        Self(name: "overload", text: "relay --client batching --size 1400 --pairs 10 --flood --duration 4"),
        Self(
            name: "light-pair",
            text: "relay --client batching --size 1400 --pairs 10 --flood --probes 1 --duration 4"
        ),
        Self(name: "ping-pong", text: "pingpong"),
        Self(name: "logins", text: "connect"),
        Self(name: "idle", text: "idle --clients 10000 --hold 1"),
        Self(name: "crowd", text: "relay --client batching --size 1400 --pairs 10 --window 24 --idle 10000"),
        Self(name: "stun", text: "stun"),
        Self(name: "start", text: "start"),
    ]

    static var help: String {
        let width = self.all.map(\.name.count).max() ?? 0
        return self.all
            .map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count))  \($0.text)" }
            .joined(separator: "\n")
    }

    /// Returns the text of the preset with this name, or any other text unchanged.
    static func text(_ text: String) -> String {
        self.all.first { $0.name == text }?.text ?? text
    }

    /// Returns the scenario with this name, or the one that `text` describes.
    ///
    /// - Throws: `ValidationError` with the scenario and what is wrong with it.
    static func scenario(_ text: String) throws -> Scenario {
        do {
            return try Self.read(text)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(text): \(DerpLoad.message(for: error))")
        }
    }

    private static func read(_ text: String) throws -> Scenario {
        let words = Self.text(text).split(separator: " ").map(String.init)
        let arguments = Array(words.dropFirst())
        switch words.first {
        case "relay":
            let load = try RelayOptions.parse(arguments).load()
            return Scenario(isForPairs: load.shape == .pairs && load.idle == 0) {
                try await load.run($0, group: $2, meter: $3)
            }
        case "pingpong":
            let load = try PingPongOptions.parse(arguments).load
            return Scenario(isForPairs: true) { try await load.run($0, group: $2, meter: $3) }
        case "idle":
            let load = try IdleOptions.parse(arguments).load
            return Scenario { try await load.run($0, group: $2, meter: $3) }
        case "connect":
            let load = try ConnectOptions.parse(arguments).load
            return Scenario { try await load.run($0, group: $2, meter: $3) }
        case "stun":
            let load = try STUNOptions.parse(arguments).load
            return Scenario { target, port, group, meter in
                try await load.run(IPEndpoint(target.address.ip, port: port), group: group, meter: meter)
            }
        case "start" where arguments.isEmpty:
            // The report always includes the time of the start.
            return Scenario { _, _, _, _ in Report("start") }
        default:
            throw ValidationError("\(text): no such scenario")
        }
    }
}
