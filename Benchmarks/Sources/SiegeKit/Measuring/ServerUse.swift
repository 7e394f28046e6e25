import FoundationEssentials
import LoadKit

/// The resources of a process at one moment.
public struct ServerUse: Codable, Hashable, Sendable {
    /// Resident memory, in bytes.
    public var memory: UInt64 = 0
    /// The number of open files.
    public var descriptors = 0
    /// The processor time since the start of the process, in nanoseconds.
    public var processorTime: UInt64 = 0

    package init() {}

    /// Reads the resources; all 0 if there is no such process.
    package init(of pid: Int32) {
        guard let usage = try? ProcessMeter(pids: [pid]).usage else { return }
        self.memory = usage.residentBytes
        self.processorTime = usage.processorTime
        self.descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }
}
