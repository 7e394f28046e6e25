import FoundationEssentials
import LoadKit

/// What a process has and has used at a moment.
public struct ServerUse: Codable, Hashable, Sendable {
    /// Resident memory, in bytes.
    public var memory: UInt64 = 0
    /// Open files.
    public var descriptors = 0
    /// Processor time since its start, in nanoseconds.
    public var processorTime: UInt64 = 0

    init() {}

    /// Reads it; all 0 when there is no such process.
    init(of pid: Int32) {
        guard let usage = try? ProcessMeter(pids: [pid]).usage else { return }
        self.memory = usage.residentBytes
        self.processorTime = usage.processorTime
        self.descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }
}
