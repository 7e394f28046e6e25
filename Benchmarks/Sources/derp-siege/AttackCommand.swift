import ArgumentParser
import LoadKit
import SiegeKit

/// The attacker's process, which the other command starts.
struct AttackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attack",
        abstract: "Attacks a server that somebody else has started and measures.",
        shouldDisplay: false
    )

    @Argument var name: String
    @Argument var relayPort: UInt16
    @Argument var stunPort: UInt16
    @Argument var httpPort: UInt16
    @Argument var sidePort: UInt16
    @Argument var directory: String
    @Argument var seconds: Double

    func run() throws {
        guard let attack = Attack.named(self.name) else { throw ValidationError("there is no attack \(self.name)") }
        Limits.raiseOpenFiles()
        let ports = Field.Ports(relay: self.relayPort, stun: self.stunPort, http: self.httpPort, side: self.sidePort)
        let field = Field(ports, directory: self.directory, isTLS: attack.settings.isTLS)
        try AttackerMain.run(attack, field, seconds: self.seconds)
    }
}
