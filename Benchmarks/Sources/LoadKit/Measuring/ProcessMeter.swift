import CLoad
import Glibc

/// The resources that processes have used so far.
public struct ProcessUsage: Hashable, Sendable {
    /// The processor time of all threads, in nanoseconds.
    public var processorTime: UInt64 = 0
    /// Resident memory, in bytes.
    public var residentBytes: UInt64 = 0
}

/// Reads the resources that some processes use, usually the server's.
public struct ProcessMeter: Sendable {
    public let pids: [Int32]

    /// Makes a meter.
    ///
    /// - Throws: ``LoadError`` if one of the processes doesn't run.
    public init(pids: [Int32]) throws {
        for pid in pids where kill(pid, 0) != 0 { throw LoadError("there is no process \(pid)") }
        self.pids = pids
    }

    public var usage: ProcessUsage {
        var usage = ProcessUsage()
        for pid in self.pids {
            usage.processorTime += cload_processor_time(pid)
            usage.residentBytes += Self.residentBytes(of: pid)
        }
        return usage
    }

    /// Returns the second number of `/proc/PID/statm` (proc(5)), which is in pages, as bytes.
    private static func residentBytes(of pid: Int32) -> UInt64 {
        let fields = TextFile.read("/proc/\(pid)/statm").split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
        return pages * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    }
}

/// The resources that the whole machine uses.
package enum MachineUsage {
    /// The size of the kernel's TCP and UDP buffers (`/proc/net/sockstat`), in bytes.
    static var socketBytes: UInt64 {
        var pages: UInt64 = 0
        for line in TextFile.read("/proc/net/sockstat").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "mem"), place + 1 < words.count else { continue }
            pages += UInt64(words[place + 1]) ?? 0
        }
        return pages * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    }

    /// The processor time of all processes, and the total time, in clock ticks (`/proc/stat`).
    package static var ticks: (busy: UInt64, total: UInt64) {
        let line = TextFile.read("/proc/stat").prefix { $0 != "\n" }
        let numbers = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        guard numbers.count == 8 else { return (0, 0) }
        let total = numbers.reduce(0, +)
        return (total - numbers[3] - numbers[4], total)
    }

    package static var nanosecondsPerTick: UInt64 { 1_000_000_000 / UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1)) }
}
