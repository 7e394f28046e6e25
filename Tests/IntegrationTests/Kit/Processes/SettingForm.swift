import Foundation
import Testing

@testable import DERPServer

/// How a server is told its settings.
enum SettingForm: String, CaseIterable, Sendable {
    case commandLine = "on the command line"
    case variables = "as variables"
    case file = "in a file"

    /// What a server is started with that has `settings`, a later one in the place of an earlier one of the same name.
    ///
    /// - Parameters:
    ///   - flags: are on the command line in any case, behind all others.
    ///   - directory: receives the file.
    func launch(
        _ settings: [ServerSetting],
        flags: [String],
        directory: URL
    ) throws -> (arguments: [String], variables: [String: String]) {
        var chosen: [ServerSetting] = []
        for setting in settings {
            chosen.removeAll { $0.name == setting.name }
            if !setting.values.isEmpty { chosen.append(setting) }
        }
        switch self {
        case .commandLine:
            return (chosen.flatMap(\.arguments) + flags, [:])
        case .variables:
            return (flags, Dictionary(uniqueKeysWithValues: chosen.map(\.variable)))
        case .file:
            let file = directory.appending(path: "settings.yaml")
            let lines = try chosen.map { "  \(try $0.line)\n" }.joined()
            try "relay:\n\(lines)".write(to: file, atomically: true, encoding: .utf8)
            return (["--config", file.path] + flags, [:])
        }
    }
}

/// A flag's name, without dashes, and its values: one, unless it may be repeated; none: it isn't given.
struct ServerSetting: Sendable {
    let name: String
    let values: [String]

    init(_ name: String, _ values: [String]) {
        self.name = name
        self.values = values
    }

    private var kind: Flag.Kind { Flag.named(self.name)?.kind ?? .value }

    var arguments: [String] {
        switch self.kind {
        case .boolean: ["-\(self.name)=\(self.values[0])"]
        case .value: ["-\(self.name)", self.values[0]]
        case .list: self.values.flatMap { ["-\(self.name)", $0] }
        case .commas: ["-\(self.name)", self.values.joined(separator: ",")]
        }
    }

    var variable: (String, String) {
        let name = EnvironmentSettings.prefix + self.name.uppercased().replacing("-", with: "_")
        return (name, self.values.joined(separator: self.kind == .commas ? "," : " "))
    }

    /// A line of YAML, of which JSON is a part.
    var line: String {
        get throws {
            let value: Any =
                switch self.kind {
                case .boolean: self.values[0] == "true"
                case .value: self.values[0]
                case .list, .commas: self.values
                }
            let json = try JSONSerialization.data(
                withJSONObject: value,
                options: [.fragmentsAllowed, .withoutEscapingSlashes]
            )
            return "\(self.name.replacing("-", with: "_")): \(String(decoding: json, as: UTF8.self))"
        }
    }
}
