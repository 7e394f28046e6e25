import Foundation

/// What a process holds at the moment, from `/proc`.
struct ProcessUsage {
    let residentBytes: Int
    let openFiles: Int

    init(of pid: pid_t) throws {
        let fields = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw KitError.unexpected("/proc/\(pid)/statm") }
        self.residentBytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        self.openFiles = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }
}
