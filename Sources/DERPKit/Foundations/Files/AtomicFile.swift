import IPAddresses
import Glibc

/// Writes files that are complete or not there at all, even if the power fails.
package enum AtomicFile {
    /// What to do when the path is taken.
    enum Existing {
        /// Fail with `EEXIST` and leave the existing file. Exactly one of several writers succeeds.
        case keep
        /// Put the new file in its place in one step.
        case replace
    }

    /// Who owns the file.
    enum Owner {
        /// The process's user, which writes the file.
        case writer
        /// The user and the group of the directory, when root writes it for another program.
        case ofDirectory
    }

    /// Writes `text` to `path` with permissions `mode`, by way of a temporary file in the same directory.
    ///
    /// Creates a missing directory, with its missing parents, with mode 0700.
    static func write(
        _ text: String,
        to path: String,
        mode: mode_t,
        existing: Existing,
        owner: Owner = .writer
    ) throws(FileError) {
        let directory = Self.directory(of: path)
        try Self.makeDirectory(directory)

        var template = Array((path + ".tmp-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .last }
        // The temporary name is removed in every case. After a rename it no longer exists, and that is fine.
        defer { unlink(template) }
        do {
            defer { close(descriptor) }
            guard fchmod(descriptor, mode) == 0 else { throw FileError.last }
            if owner == .ofDirectory { try Self.give(descriptor, toOwnerOf: directory) }
            try Self.writeAll(Array(text.utf8), to: descriptor)
            guard fsync(descriptor) == 0 else { throw FileError.last }
        }

        switch existing {
        case .keep: guard link(template, path) == 0 else { throw .last }
        case .replace: guard rename(template, path) == 0 else { throw .last }
        }
        Self.sync(directory)
    }

    private static func give(_ descriptor: Int32, toOwnerOf directory: String) throws(FileError) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard stat(directory, &status) == 0, fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
            throw .last
        }
    }

    /// Checks whether ``write(_:to:mode:existing:)`` could write, as far as permissions tell. Writes nothing.
    ///
    /// - Throws: What that function would throw.
    package static func checkWritable(_ path: String) throws(FileError) {
        var directory = Self.directory(of: path)
        var status = stat()
        // Missing directories would be created in the nearest one that exists.
        while stat(directory, &status) != 0 {
            guard errno == ENOENT, directory != ".", directory != "/" else { throw .last }
            directory = Self.directory(of: directory)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.system(ENOTDIR)) }
        guard faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0 else { throw .last }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastPosition(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func makeDirectory(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path != ".", path != "/" else { throw .last }
        try Self.makeDirectory(Self.directory(of: path))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last }
    }

    /// Makes the new name durable. Some file systems can't do this for a directory; the file is written all the same.
    private static func sync(_ directory: String) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
