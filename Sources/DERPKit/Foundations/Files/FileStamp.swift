import Glibc

/// Distinguishes a changed file from the previous one without reading it.
struct FileStamp: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let changedSeconds: Int
    private let changedNanoseconds: Int

    /// Reads the stamp of the file at `path`, following links. Returns `nil` if there is none.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.device = UInt64(status.st_dev)
        self.inode = UInt64(status.st_ino)
        self.size = Int64(status.st_size)
        // The time of change, which nobody can set back, and not that of modification.
        self.changedSeconds = status.st_ctim.tv_sec
        self.changedNanoseconds = status.st_ctim.tv_nsec
    }
}
