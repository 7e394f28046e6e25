import DERPKit
import Logging
import ServiceLifecycle

/// Keeps the key lists up to date when their files change.
struct KeyListService: Service {
    let lists: KeyLists
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown { await self.lists.watch(logger: self.logger) }
    }
}
