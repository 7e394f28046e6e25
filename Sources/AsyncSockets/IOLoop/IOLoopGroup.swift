import CAsyncSockets
import Glibc
import Synchronization

/// A fixed number of event loops, each on its own thread. After the group has been released, each loop ends when nobody
/// holds it any more.
public final class IOLoopGroup: Sendable {
    /// The loops, at least one.
    public let loops: [IOLoop]

    /// Starts `count` loops, 1…256. `nil` starts one per processor that this process may use.
    ///
    /// - Parameter waiting: How they wait for input.
    /// - Throws: `SocketError` if the kernel refuses an epoll instance, an eventfd or a thread.
    public init(count: Int? = nil, waiting: IOLoop.Waiting = IOLoop.Waiting()) throws(SocketError) {
        let count = min(max(count ?? Int(cas_processor_count()), 1), 256)
        var loops: [IOLoop] = []
        do {
            for index in 0..<count {
                let loop = try IOLoop(index: index, waiting: waiting)
                try Self.startThread(of: loop)
                loops.append(loop)
            }
        } catch {
            loops.forEach { $0.orphan() }
            throw error
        }
        self.loops = loops
    }

    deinit {
        self.loops.forEach { $0.orphan() }
    }

    /// One of the loops, chosen at random.
    package var anyLoop: IOLoop { self.loops[Int.random(in: self.loops.indices)] }

    private static func startThread(of loop: IOLoop) throws(SocketError) {
        // Signals belong to the process that embeds us. The thread inherits a mask that blocks all of them, except for
        // those that the thread raises itself when it crashes, so that the crash is reported.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        for signal in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        loop.isServed.store(true, ordering: .relaxed)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(loop)
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                IOLoop.serve(argument!)
                return nil
            },
            argument.toOpaque()
        )
        guard result == 0 else {
            argument.release()
            throw SocketError(errno: result, "start an event loop's thread")
        }
        cas_name_thread(thread, "loop-\(loop.index)")
        pthread_detach(thread)
    }
}
