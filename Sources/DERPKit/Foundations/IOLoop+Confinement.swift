import AsyncSockets

extension IOLoop {
    /// Stops a debug build whose caller touches what is confined to the loop from elsewhere. Costs nothing when optimised.
    @inline(__always)
    func assertCurrent() {
        assert(self.isAccessible, "confined to event loop \(self.index)")
    }
}
