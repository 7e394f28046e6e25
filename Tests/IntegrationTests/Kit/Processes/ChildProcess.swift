import Foundation

/// A program that a test started: its output goes to files, and it never outlives this value.
final class ChildProcess {
    let pid: pid_t
    private let outputFile: URL
    private let errorFile: URL
    private var status: ExitStatus?

    /// Starts `arguments[0]`.
    ///
    /// - Parameters:
    ///   - environment: is added to the test's own.
    ///   - input: is its standard input; the null device if `nil`.
    ///   - directory: receives the files `<name>.out` and `<name>.err`.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        input: URL? = nil,
        directory: URL,
        name: String
    ) throws {
        self.outputFile = directory.appending(path: "\(name).out")
        self.errorFile = directory.appending(path: "\(name).err")

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input?.path ?? "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, self.outputFile.path, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, self.errorFile.path, flags, 0o600)

        // The threads of a Swift program block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var variablePointers = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argumentPointers + variablePointers).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argumentPointers, &variablePointers)
        guard code == 0 else { throw KitError.system("starting \(arguments[0])", code) }
        self.pid = pid
    }

    deinit {
        guard !self.hasEnded else { return }
        kill(self.pid, SIGKILL)
        var status: Int32 = 0
        waitpid(self.pid, &status, 0)
    }

    /// What it has written to its standard output.
    var output: String { Self.text(of: self.outputFile) }
    /// What it has written to its standard error.
    var errors: String { Self.text(of: self.errorFile) }
    /// The file behind ``output``, for output too large to hold.
    var outputLocation: URL { self.outputFile }

    var hasEnded: Bool {
        if self.status != nil { return true }
        var status: Int32 = 0
        guard waitpid(self.pid, &status, WNOHANG) == self.pid else { return false }
        self.status = ExitStatus(waitStatus: status)
        return true
    }

    func send(signal: Int32) {
        guard !self.hasEnded else { return }
        kill(self.pid, signal)
    }

    /// Waits for its end.
    func waitForExit(within limit: Duration = Deadline.answer) throws -> ExitStatus {
        let deadline = Deadline(in: limit)
        while true {
            if self.hasEnded, let status = self.status { return status }
            guard !deadline.hasPassed else { throw KitError.timedOut("process \(self.pid) still runs") }
            giveTime()
        }
    }

    private static func text(of file: URL) -> String {
        (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
