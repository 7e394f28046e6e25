import DERPKit
import Glibc
import TestSupport
import Testing

@testable import DERPServer

/// Something that SIGHUP has read again, and how a change of it is seen.
struct ReloadEffect: Sendable, CustomTestStringConvertible {
    /// Of what it is a part.
    let kind: Reloadable.Kind
    /// The flags that name it.
    let flags: [String]
    /// What the server logs when it has read it again, changed or not. Where changes are noticed without a signal too,
    /// only that shows that the signal counts. `nil`: nothing else than the signal has it read.
    let logged: String?
    /// Starts a server.
    let play: @Sendable (ReloadStage) throws -> ReloadAct

    init(
        _ kind: Reloadable.Kind,
        flags: [String],
        logged: String? = nil,
        _ play: @escaping @Sendable (ReloadStage) throws -> ReloadAct
    ) {
        self.kind = kind
        self.flags = flags
        self.logged = logged
        self.play = play
    }

    var testDescription: String { "\(self.kind.rawValue): \(self.flags.joined(separator: ", "))" }

    func verify() throws {
        let stage = ReloadStage()
        try withExtendedLifetime(stage) {
            let act = try self.play(stage)
            #expect(try act.look() == act.before)
            if let logged = self.logged {
                #expect(!act.server.log.contains(logged))
                act.server.send(signal: SIGHUP)
                try eventually("it is read, unchanged as it is") { act.server.log.contains(logged) }
                #expect(try act.look() == act.before)
            }
            try act.change()
            act.server.send(signal: SIGHUP)
            _ = try Look.comes(within: Deadline.answer) { try act.look() == act.after }
            #expect(try act.look() == act.after)
            #expect(act.server.log.contains(self.kind.rawValue), "it isn't named in the log")
            #expect(try act.server.stop() == .code(0))
        }
    }
}

/// A server, how what it reads is changed, and what is seen before and after.
struct ReloadAct {
    let server: ServerProcess
    let before: String
    let after: String
    let change: () throws -> Void
    let look: () throws -> String
}

/// Who takes part. All live until the end.
final class ReloadStage {
    private var kept: [AnyObject] = []

    func keep<Party: AnyObject>(_ party: Party) -> Party {
        self.kept.append(party)
        return party
    }

    func directory() throws -> TemporaryDirectory { self.keep(try TemporaryDirectory()) }

    /// A server over plain HTTP, unless `certificate` says otherwise.
    func server(
        _ flags: String...,
        certificate: ServerOptions.Certificate = .none,
        directory: TemporaryDirectory? = nil
    ) throws -> ServerProcess {
        self.keep(
            try ServerProcess(ServerOptions(certificate: certificate, directory: directory, flags: flags))
        )
    }
}
