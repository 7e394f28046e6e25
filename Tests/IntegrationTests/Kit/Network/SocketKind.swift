import Glibc

/// What a socket carries.
enum SocketKind {
    case tcp, udp

    /// Makes a non-blocking socket that no child process inherits: an inherited copy would keep a closed connection open.
    func makeDescriptor(family: Int32) throws -> Int32 {
        let kind = self == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let flags = Int32(kind.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, flags, 0)
        guard descriptor >= 0 else { throw KitError.lastSystemError("socket") }
        return descriptor
    }
}
