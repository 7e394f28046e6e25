import TestSupport
import Testing

@testable import DERPServer

/// A flag, what is seen of a server that is given it, and how that is looked for.
///
/// What is seen must be the same in every form that the flag may have, and something else without the flag.
struct FlagEffect: Sendable {
    /// The flag's name, without dashes.
    let flag: String
    /// What is seen with it.
    let expected: String
    /// Starts what it needs and tells what it sees.
    let look: @Sendable (FlagTrial) throws -> String

    init(_ flag: String, _ expected: String, _ look: @escaping @Sendable (FlagTrial) throws -> String) {
        self.flag = flag
        self.expected = expected
        self.look = look
    }

    /// The forms that the flag may have.
    var forms: [SettingForm] {
        switch Flag.named(self.flag)?.places {
        case .commandLine: [.commandLine]
        case .outsideFiles: [.commandLine, .variables]
        case .everywhere, nil: SettingForm.allCases
        }
    }
}

extension FlagEffect {
    /// A row of the table in one form, or without the flag.
    struct Case: Sendable, CustomTestStringConvertible {
        let effect: FlagEffect
        /// `nil`: the flag isn't given.
        let form: SettingForm?

        var testDescription: String { "\(self.effect.flag) \(self.form?.rawValue ?? "not given")" }

        func verify(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let trial = try FlagTrial(form: self.form)
            let seen = try withExtendedLifetime(trial) { try self.effect.look(trial) }
            if self.form == nil {
                #expect(seen != self.effect.expected, "without the flag it is the same", sourceLocation: sourceLocation)
            } else {
                #expect(seen == self.effect.expected, sourceLocation: sourceLocation)
            }
        }
    }

    var cases: [Case] {
        self.forms.map { Case(effect: self, form: $0) } + [Case(effect: self, form: nil)]
    }
}
