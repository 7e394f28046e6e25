import Glibc

/// A file that has no name any longer, for what is read from files.
struct ScratchFile: Sendable {
    private let descriptor: Int32

    init?() {
        var name = Array("/tmp/derp-fuzz-XXXXXX".utf8CString)
        self.descriptor = mkstemp(&name)
        guard self.descriptor >= 0 else { return nil }
        unlink(name)
    }

    var path: String { "/proc/self/fd/\(self.descriptor)" }

    /// Replaces the content.
    func write(_ bytes: [UInt8]) {
        precondition(ftruncate(self.descriptor, 0) == 0)
        precondition(pwrite(self.descriptor, bytes, bytes.count, 0) == bytes.count)
    }
}
