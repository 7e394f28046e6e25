import Glibc

/// An error of a socket or of TLS. Safe to print.
public struct SocketError: Error, Hashable, Sendable {
    /// The kind of failure. More kinds may be added in later versions.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String, Hashable, Sendable {
            case addressInUse, permissionDenied, outOfFiles, exhausted, systemCall, tls, notTLS, timeout, closed
            case notFound, cancelled, misuse
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// Another socket listens on the address.
        public static let addressInUse = Self(.addressInUse)
        /// The process isn't permitted to do this, such as to listen on a port below 1024.
        public static let permissionDenied = Self(.permissionDenied)
        /// The process, or the machine, has as many open files as it may have.
        public static let outOfFiles = Self(.outOfFiles)
        /// The machine has run out of something other than files: memory, threads, port numbers to connect from.
        public static let exhausted = Self(.exhausted)
        /// Any other failed system call.
        public static let systemCall = Self(.systemCall)
        /// A TLS handshake or record failed, or a certificate can't be used.
        public static let tls = Self(.tls)
        /// The peer speaks something other than TLS.
        public static let notTLS = Self(.notTLS)
        /// The operation took longer than it may.
        public static let timeout = Self(.timeout)
        /// The peer closed the connection.
        public static let closed = Self(.closed)
        /// A name has no address.
        public static let notFound = Self(.notFound)
        /// The task that waited was cancelled.
        public static let cancelled = Self(.cancelled)
        /// The caller did something that isn't allowed, such as to start a server a second time.
        public static let misuse = Self(.misuse)

        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// One line for a person.
    public let message: String

    /// An error with a message of one line.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Makes the error for `number` (errno), which happened while trying to do `action`.
    package init(errno number: Int32, _ action: String) {
        let code: Code =
            switch number {
            case EADDRINUSE: .addressInUse
            case EACCES, EPERM: .permissionDenied
            case EMFILE, ENFILE: .outOfFiles
            case ENOMEM, ENOBUFS, ENOSPC: .exhausted
            case ETIMEDOUT: .timeout
            default: .systemCall
            }
        self.init(code, "\(action): \(String(cString: strerror(number)))")
    }

    /// Makes the error for `number` (errno), which happened while trying to connect to `peer`.
    init(connectErrno number: Int32, _ peer: some CustomStringConvertible) {
        let error = Self(errno: number, "connect to \(peer)")
        switch number {
        // All ports to connect from are taken; a Unix socket's queue is full. Both pass.
        case EADDRNOTAVAIL, EAGAIN: self.init(.exhausted, error.message)
        default: self = error
        }
    }

    /// Whether this machine is the cause, so that the other side was perhaps never asked. The machine has run out of
    /// something, or its firewall lets nothing out, as when its connection table is full.
    package var isLocal: Bool {
        [.outOfFiles, .exhausted, .permissionDenied].contains(self.code)
    }
}

extension SocketError: CustomStringConvertible {
    public var description: String { self.message }
}
