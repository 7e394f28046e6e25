import CHeap
import DERPKit
import ServiceLifecycle

/// Gives memory back to the machine when a crowd has left.
///
/// The C library gives back only what lies at the end of a heap. After 8,192 connections that said nothing, a process that had
/// 37 MB kept 150; what is given back here brings it to 38.
struct MemoryReturn: Service {
    /// Its loops' threads have heaps of their own.
    let relay: RelayServer

    /// How much more the process may have than it had at the least, in bytes.
    private static let slack = 4 * 1024 * 1024
    private static let interval = Duration.seconds(5)

    func run() async {
        cheap_tune()
        await cancelWhenGracefulShutdown {
            var watch = MemoryWatch()
            while !Task.isCancelled {
                await watch.look(slack: Self.slack) { await self.relay.onEachLoop { cheap_trim_end() } }
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }
}
