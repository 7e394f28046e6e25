import FoundationEssentials
import Glibc

/// Runs the attacker's process. It communicates with the measuring process through files in the server's directory:
/// `ready` when it serves, `go` when the attack begins, and its account at the end.
public enum AttackerMain {
    public static func run(_ attack: Attack, _ field: Field, seconds: Double) throws {
        signal(SIGPIPE, SIG_IGN)
        try attack.prepare(field)
        Self.write("", to: field.directory + "/ready")
        while access(field.directory + "/go", F_OK) != 0 {
            // The measuring process has ended.
            guard getppid() > 1 else { return }
            usleep(2000)
        }
        field.begin(seconds: seconds)
        try attack.play(field)
        let account = try JSONEncoder().encode(field.costs.account)
        Self.write(String(decoding: account, as: UTF8.self), to: field.directory + "/account")
    }

    private static func write(_ text: String, to path: String) {
        try? Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
