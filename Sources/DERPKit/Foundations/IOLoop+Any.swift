import AsyncSockets

extension IOLoop {
    /// Returns a loop of `group`, or of the group that everything without one shares.
    ///
    /// - Throws: ``DERPError`` with code `exhausted` if this machine is out of files, memory or threads.
    static func any(of group: IOLoopGroup?) throws(DERPError) -> IOLoop {
        if let group { return group.anyLoop }
        do {
            return try IOLoopGroup.shared().anyLoop
        } catch {
            throw DERPError(.exhausted, error.message)
        }
    }
}
