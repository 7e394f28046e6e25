import DERPKit
import Logging
import ServiceLifecycle
import UnixSignals

/// Keeps the key lists up to date: when their files change, and on SIGHUP.
struct KeyListService: Service {
    let lists: KeyLists
    let logger: Logger

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in signals { self.lists.refresh(atOnce: true, logger: self.logger) }
                }
                await self.lists.watch(logger: self.logger)
                group.cancelAll()
            }
        }
    }
}
