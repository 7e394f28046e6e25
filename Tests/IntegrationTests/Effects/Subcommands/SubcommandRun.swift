import Foundation
import TestSupport
import Testing

/// A command, where it reads a map from, and what it then says.
struct SubcommandRun: Sendable, CustomTestStringConvertible {
    enum Source: String, CaseIterable, Sendable {
        case file = "a file"
        case url = "a URL"
        case standardInput = "standard input"
    }

    /// Its name, in words.
    let command: String
    /// Where the map is read from; `nil`: it reads none.
    let source: Source?
    /// Its arguments; `SOURCE` is where the map is, `OTHER` a file with another one, `REMOVAL` one that
    /// takes away the map's region and one that isn't there; `RELAY`, `HELPER` and `PIN` are the publisher's URL, its plain
    /// port, and its certificate's name in the map.
    let arguments: String
    /// What its output contains.
    let expected: String

    var testDescription: String {
        "\(self.command)\(self.source.map { " of \($0.rawValue)" } ?? "")"
    }

    /// The same with each of `sources`.
    static func each(
        _ command: String,
        of sources: [Source] = Source.allCases,
        _ arguments: String,
        _ expected: String
    ) -> [Self] {
        sources.map { Self(command: command, source: $0, arguments: arguments, expected: expected) }
    }

    /// Runs it, with a map that `publisher` serves.
    func verify(_ publisher: ServerProcess) throws {
        // A check looks for TLS where the map says that there is a relay: the map is fetched from the plain port.
        let url = "http://127.0.0.1:\(publisher.ports.helper)/derpmap/default"
        let directory = try TemporaryDirectory()
        let file = directory.file("map.json")
        try Data(HTTPRequest("/derpmap/default").send(to: publisher).body).write(to: file)
        try directory.write(FlagTrial.map(902), to: "other.yaml")
        try directory.write("regions:\n  7: null\n  901: null\n", to: "removal.yaml")
        let place =
            switch self.source {
            case .file, nil: file.path
            case .url: url
            case .standardInput: "-"
            }
        let words = try "\(self.command) \(self.arguments)".split(separator: " ")
            .map { word in
                switch word {
                case "SOURCE": place
                case "OTHER": directory.file("other.yaml").path
                case "REMOVAL": directory.file("removal.yaml").path
                case "RELAY": "https://127.0.0.1:\(publisher.port)"
                case "HELPER": "\(publisher.ports.helper)"
                case "PIN": try Look.node(of: publisher, "CertName")
                default: String(word)
                }
            }
        let process = try ChildProcess(
            [BuiltProducts.server] + words,
            input: self.source == .standardInput ? .file(file) : .none,
            directory: directory.url,
            name: "command"
        )
        #expect(try process.waitForExit() == .code(0), "\(process.errors)")
        #expect(process.output.contains(self.expected), "\(process.output)\(process.errors)")
    }
}
