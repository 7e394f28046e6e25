import CLoad
import Glibc

/// A network namespace without a name. It ends with this object and the processes in it, however this process ends.
final class Namespace: Sendable {
    let descriptor: Int32

    /// Makes a namespace in which only the loopback interface is up.
    init() throws {
        self.descriptor = try Worker.run {
            let descriptor = cload_namespace_make()
            guard descriptor >= 0 else {
                throw FreshError(
                    "can't make a network namespace: \(String(cString: strerror(errno))); this needs root (CAP_SYS_ADMIN)"
                )
            }
            return descriptor
        }
        try self.shell(
            """
            ip link set lo up
            [ ! -e /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
            """
        )
    }

    deinit { close(self.descriptor) }

    /// A path by which other processes can name the namespace while this one runs.
    var path: String { "/proc/\(getpid())/fd/\(self.descriptor)" }

    /// Runs `body` on a thread in the namespace.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        try Worker.run(in: self, body)
    }

    /// Runs shell commands in the namespace and returns their output.
    ///
    /// - Throws: ``FreshError`` with the output if one of them fails.
    @discardableResult
    func shell(_ script: String) throws -> String { try self.run { try Shell.run("set -e\n" + script) } }
}
