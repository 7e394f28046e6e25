import Foundation

/// A program that a test started: its output goes to files, and it never outlives this value.
///
/// It isn't Foundation's `Process`, which looks through the open files of the tests' process and crashes when other tests
/// open and close many meanwhile.
package final class ChildProcess {
    package let pid: pid_t
    private let outputFile: OutputFile
    private let errorFile: OutputFile
    private var status: ProcessExit?
    /// Our end of its standard input; -1 without one.
    var input: Int32 = -1

    /// Starts `arguments[0]`. It inherits no open file but these three: all that tests open is closed on exec.
    ///
    /// - Parameters:
    ///   - environment: is added to the test's own.
    ///   - isIsolated: whether it sees nothing of the test's own environment.
    ///   - input: is its standard input.
    ///   - workingDirectory: is the test's own if `nil`.
    ///   - directory: receives the files `<name>.out` and `<name>.err`, or what is added to them.
    package init(
        _ arguments: [String],
        environment: [String: String] = [:],
        isIsolated: Bool = false,
        input: Input = .none,
        workingDirectory: URL? = nil,
        directory: URL,
        name: String
    ) throws {
        self.outputFile = OutputFile(directory.appending(path: "\(name).out"))
        self.errorFile = OutputFile(directory.appending(path: "\(name).err"))
        let channel: InputChannel? = if case .test = input { try InputChannel() } else { nil }
        defer { if let channel { close(channel.theirs) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch input {
        case .none: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .file(let file): posix_spawn_file_actions_addopen(&actions, 0, file.path, O_RDONLY, 0)
        case .test: posix_spawn_file_actions_adddup2(&actions, channel?.theirs ?? -1, 0)
        }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, self.outputFile.url.path, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, self.errorFile.url.path, flags, 0o600)

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

        // Glibc's module doesn't have posix_spawn_file_actions_addchdir_np.
        let arguments = (workingDirectory.map { ["env", "-C", $0.path] } ?? []) + arguments
        var inherited = isIsolated ? [:] : ProcessInfo.processInfo.environment
        // Which server is tested is none of its settings, but looks like one.
        inherited["DERP_SERVER_UNDER_TEST"] = nil
        let variables = inherited.merging(environment) { $1 }
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var variablePointers = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argumentPointers + variablePointers).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argumentPointers, &variablePointers)
        self.pid = pid
        self.input = channel?.ours ?? -1
        guard code == 0 else {
            // There is nothing to wait for.
            self.status = .code(127)
            throw ProcessFailure("starting \(arguments[0])", code: code)
        }
    }

    deinit {
        self.closeInput()
        guard !self.hasEnded else { return }
        kill(self.pid, SIGKILL)
        var status: Int32 = 0
        waitpid(self.pid, &status, 0)
    }

    /// What it has written to its standard output.
    package var output: String { self.outputFile.text }
    /// What it has written to its standard error.
    package var errors: String { self.errorFile.text }
    /// The file behind ``output``, for output too large to hold.
    package var outputLocation: URL { self.outputFile.url }

    package var hasEnded: Bool {
        if self.status != nil { return true }
        var status: Int32 = 0
        guard waitpid(self.pid, &status, WNOHANG) == self.pid else { return false }
        self.status = ProcessExit(waitStatus: status)
        return true
    }

    package func send(signal: Int32) {
        guard !self.hasEnded else { return }
        kill(self.pid, signal)
    }

    /// Waits for its end, and blocks the thread.
    package func waitForExit(within limit: Duration = .seconds(15)) throws -> ProcessExit {
        let start = ContinuousClock.now
        while true {
            if self.hasEnded, let status = self.status { return status }
            guard start.duration(to: .now) < limit else { throw ProcessFailure("process \(self.pid) still runs") }
            usleep(2000)
        }
    }
}
