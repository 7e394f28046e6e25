import Glibc

/// Numbers in a file that two processes share, so that they outlive a process that is killed.
// @unchecked: one process writes, with one thread.
final class SharedCounters: @unchecked Sendable {
    private let words: UnsafeMutablePointer<UInt64>

    enum Place: Int, CaseIterable { case logins, packets, corrupt, disordered, connected }

    /// Opens the file, and makes it if it is missing.
    init(path: String) throws {
        let size = Place.allCases.count * 8
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0 else { throw SoakError("no \(path)") }
        defer { close(descriptor) }
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw SoakError("\(path) can't be mapped") }
        self.words = memory.bindMemory(to: UInt64.self, capacity: Place.allCases.count)
    }

    subscript(place: Place) -> UInt64 {
        get { self.words[place.rawValue] }
        set { self.words[place.rawValue] = newValue }
    }
}
