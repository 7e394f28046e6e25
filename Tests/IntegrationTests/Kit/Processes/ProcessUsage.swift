import Foundation

/// What a process holds at the moment, from `/proc`.
struct ProcessUsage {
    let residentBytes: Int
    let openFiles: Int
    /// Processor time since the process began.
    let processorTime: Duration

    init(of pid: pid_t) throws {
        let fields = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw KitError.unexpected("/proc/\(pid)/statm") }
        self.residentBytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        self.openFiles = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
        // The name, which comes second and may hold anything, ends at the last parenthesis.
        let status = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let numbers = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
        guard numbers.count > 13, let user = Int(numbers[12]), let system = Int(numbers[13]) else {
            throw KitError.unexpected("/proc/\(pid)/stat")
        }
        self.processorTime = .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
    }
}
