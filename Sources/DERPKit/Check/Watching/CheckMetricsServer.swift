import AsyncSockets
import HTTPTypes

/// Serves the metrics of the last round on `/metrics`, over plain HTTP.
package final class CheckMetricsServer: Sendable {
    private let metrics: Current
    private let server: PageServer

    /// The address it listens on, with the port that the kernel chose if 0 was asked for.
    package var address: IPEndpoint { self.server.address }

    private final class Current: Sendable {
        let value = Lock(CheckMetrics())
    }

    /// Starts the server.
    ///
    /// - Throws: ``DERPError`` with code `listen`.
    package init(address: IPEndpoint, group: IOLoopGroup) async throws(DERPError) {
        let metrics = Current()
        self.metrics = metrics
        self.server = try await PageServer(address: address, group: group) { path in
            guard path == "/metrics" else { return nil }
            return HTTPReply(
                status: .ok,
                fields: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: metrics.value.withLock { $0 }.render()
            )
        }
    }

    /// Records a round, as ``CheckMetrics/note(_:isMapUsable:took:end:)`` does.
    package func note(_ reports: [RegionReport], isMapUsable: Bool? = nil, took time: Duration, end: Int) {
        self.metrics.value.withLock { $0.note(reports, isMapUsable: isMapUsable, took: time, end: end) }
    }

    package func close() async { await self.server.close() }
}
