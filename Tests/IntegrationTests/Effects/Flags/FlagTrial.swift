import Foundation
import TestSupport

/// What a row of the flags' table works with: servers that have the flag, and a directory. The directory lives as long
/// as this value.
final class FlagTrial {
    /// How the server is told its settings, the flag among them; `nil`: without the flag.
    let form: SettingForm?
    let directory: TemporaryDirectory
    private var kept: [AnyObject] = []

    init(form: SettingForm?) throws {
        self.form = form
        self.directory = try TemporaryDirectory()
    }

    /// Whether the flag is given this time.
    var isGiven: Bool { self.form != nil }

    /// Has `party` live as long as this value.
    func keep<Party: AnyObject>(_ party: Party) -> Party {
        self.kept.append(party)
        return party
    }

    /// Whether something comes to hold. It has all the time of an answer when the flag is given, and `limit` to show that
    /// it doesn't otherwise.
    func comes(within limit: Duration = .milliseconds(500), _ condition: () throws -> Bool) throws -> Bool {
        try Look.comes(within: self.isGiven ? Deadline.answer : limit, condition)
    }

    func path(_ name: String) -> String { self.directory.file(name).path }

    /// Plain HTTP and nothing else, with all settings in this trial's form: `flag` with `values`, if it is given this
    /// time, and `others` in any case.
    func options(
        _ flag: String,
        _ values: [String],
        with others: [String: String] = [:],
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) -> ServerOptions {
        ServerOptions.plain.with { options in
            options.form = self.form ?? .commandLine
            options.settings = others.map { ServerSetting($0, [$1]) }
            if self.isGiven { options.settings.append(ServerSetting(flag, values)) }
            // Nothing is left in the caches of whoever runs the tests, and nothing is found there.
            options.variables["XDG_CACHE_HOME"] = self.path("cache")
            change(&options)
        }
    }

    /// A server that is told so.
    func server(
        _ flag: String,
        _ values: String...,
        with others: [String: String] = [:],
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws -> ServerProcess {
        self.keep(try ServerProcess(self.options(flag, values, with: others, change)))
    }

    /// A server that is told so and expected to end by itself.
    func end(
        _ flag: String,
        _ values: String...,
        with others: [String: String] = [:]
    ) throws -> (status: ProcessExit, output: String, errors: String) {
        try ServerProcess.runToEnd(self.options(flag, values, with: others))
    }
}

extension FlagTrial {
    /// A file in the trial's directory with `text`; gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        try self.directory.write(text, to: name)
        return self.path(name)
    }

    /// A map with a region that has `nodes`.
    static func map(_ id: Int, nodes: [String] = ["h.relays.test"]) -> String {
        let list = nodes.enumerated().map { "{name: \(id)\($0), hostname: \($1)}" }.joined(separator: ", ")
        return "regions:\n  \(id):\n    regioncode: r\(id)\n    nodes: [\(list)]\n"
    }
}
