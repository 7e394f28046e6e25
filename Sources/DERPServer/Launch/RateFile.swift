import DERPKit
import Logging

/// The file of the clients' rates.
struct RateFile: Sendable {
    let path: String
    let relay: RelayServer
    let logger: Logger

    /// Reads it anew. A file that can't be used changes nothing.
    func reload() async {
        do {
            let limits = try RateLimits(path: self.path)
            await self.relay.setRateLimits(limits)
            self.logger.info(
                "Read the clients' rates anew",
                metadata: [
                    "file": "\(self.path)", "rate": "\(limits.perClient.bytesPerSecond)",
                    "burst": "\(limits.perClient.burst)", "keys": "\(limits.keys.count)",
                ]
            )
        } catch {
            self.logger.error(
                "The clients' rates can't be read: the former ones stay in force",
                metadata: ["problem": "\(error)"]
            )
        }
    }

    /// The rates in the file at `path`; none without a file.
    static func read(_ path: String?) throws(StartError) -> RateLimits {
        guard let path else { return RateLimits() }
        do {
            return try RateLimits(path: path)
        } catch {
            throw StartError("-rate-config", "\(error)")
        }
    }
}
