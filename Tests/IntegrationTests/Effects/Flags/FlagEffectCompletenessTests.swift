import Foundation
import TestSupport
import Testing

@testable import DERPServer

@Suite("Effects of flags: the table", .idle, .blocking, .timeLimit(.minutes(1)))
struct FlagEffectCompletenessTests {
    /// All rows.
    private static let effects =
        ListeningFlagTests.effects + ProcessFlagTests.effects + MapFlagTests.effects + AdmissionFlagTests.effects
        + LimitFlagTests.effects + ACMEFlagTests.effects

    /// Flags whose effect can't be seen, and why not.
    private static let unseen: [String: String] = [:]

    @Test("Every flag has a row, or a reason why not; every row is a flag's")
    func complete() {
        let flags = Set(Flag.all.map(\.name))
        let rows = Set(Self.effects.map(\.flag))
        #expect(flags.subtracting(rows).subtracting(Self.unseen.keys).sorted() == [], "flags without a row")
        #expect(rows.subtracting(flags).sorted() == [], "rows of no flag")
        #expect(rows.count == Self.effects.count, "a flag has two rows")
        #expect(Set(Self.unseen.keys).subtracting(flags.subtracting(rows)).sorted() == [], "reasons of no flag")
    }

    @Test("The help names every flag, and no other")
    func help() throws {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess([BuiltProducts.server, "--help"], directory: directory.url, name: "help")
        #expect(try process.waitForExit() == .code(0))
        let named = process.output.split(separator: "\n").compactMap { line in
            line.prefixMatch(of: /\ \ (?:-[a-z], )?--?([a-z0-9-]+)/).map { String($0.1) }
        }
        let flags = Flag.all.filter { $0.support == .supported }.map(\.name)
        #expect(Set(named).subtracting(["h", "help"]).symmetricDifference(flags).sorted() == [])
    }

    @Test("A flag that files can't set is refused there, with the line")
    func onlyOnTheCommandLine() throws {
        for flag in Flag.all where !flag.isConfigurable {
            let end = try ServerProcess.runToExit(
                .plain.with {
                    $0.form = .file
                    $0.readsMetrics = false
                    $0.settings = [ServerSetting(flag.name, ["true"])]
                }
            )
            #expect(
                end.status == .code(64) && end.errors.contains("settings.yaml:11: relay has no key"),
                "\(end.errors)"
            )
        }
    }
}
