import LoadKit
import Testing

@testable import derp_load

@Suite("The suite's plan")
struct SuitePlanTests {
    private static func lineup(others: Bool) throws -> Lineup {
        let ours = try ServerRecipe("ours=serve {port} {loops}")
        let other = others ? [try ServerRecipe("other=serve {port}")] : []
        let limit = try ServerRecipe("limit=serve {port}", .limit)
        let proxy = try ServerRecipe("proxy=serve {port} {sink-port}", .proxy)
        return Lineup(servers: [ours] + other + [limit, proxy], plain: [ours] + other + [limit])
    }

    @Test("Every goal is about a trial that takes place", arguments: [true, false])
    func goals(isQuick: Bool) throws {
        let plan = isQuick ? SuitePlan.quick : SuitePlan.full
        let trials = try plan.trials(Self.lineup(others: true))
        for goal in Goal.all {
            let trial = try #require(trials.first { $0.name == goal.trial }, "\(goal.what)")
            if case .times(let role) = goal.measure {
                #expect(trial.contestants.contains { $0.role == role }, "\(goal.what)")
            }
        }
    }

    @Test("The first contestant of each trial is the first server")
    func subject() throws {
        for trial in try SuitePlan.full.trials(Self.lineup(others: true)) {
            #expect(trial.contestants.first?.role == .subject)
            #expect(trial.contestants.filter { $0.role == .subject }.count == 1)
        }
    }

    @Test("A limit takes part only where no frames need to be read")
    func limits() throws {
        let trials = try SuitePlan.full.trials(Self.lineup(others: false))
        func hasLimit(_ name: String) -> Bool? {
            trials.first { $0.name == name }?.contestants.contains { $0.role == .limit }
        }
        #expect(hasLimit("pairs") == true)
        #expect(hasLimit("logins") == false)
        #expect(hasLimit("crowd") == false)
    }

    @Test("Trials for which there is nobody are left out")
    func nobody() throws {
        let lineup = Lineup(servers: [try ServerRecipe("ours=serve {port}")], plain: [])
        let names = try SuitePlan.full.trials(lineup).map(\.name)
        #expect(names.contains("pairs"))
        #expect(!names.contains("plain"))
        #expect(!names.contains("loops"))
    }

    @Test("Every preset can be read")
    func presets() throws {
        for preset in Preset.all { _ = try Preset.scenario(preset.name) }
    }

    @Test("A scenario that can't be read is told with what is wrong", arguments: ["relay --size 3", "relay --nosuch"])
    func wrongScenario(text: String) {
        #expect { try Preset.scenario(text) } throws: {
            let message = DerpLoad.message(for: $0)
            return message.contains("\(text): ") && !message.contains("CommandError")
        }
    }
}
