extension RelayServer {
    /// The relay's events from now on, for one reader: clients that connect, leave or are refused, mesh links,
    /// certificates and the map. There are no events about packets.
    ///
    /// Up to 1,024 events wait for the reader. ``events(bufferSize:)`` sets another number.
    public nonisolated var events: RelayEvents { self.events(bufferSize: 1024) }

    /// Returns the relay's events from now on, like ``events``, with a buffer of this size.
    ///
    /// - Parameter bufferSize: The maximum number of events that wait for the reader; 1 or more. When more come, the
    ///   oldest are dropped (``RelayEvent/missed``).
    public nonisolated func events(bufferSize: Int) -> RelayEvents {
        self.context.events.events(bufferSize: bufferSize)
    }

    /// Reports changes of certificates and of the map as events, for as long as `hub` exists.
    static func reportChanges(of certificates: CertificateSet?, and regionMap: RegionMap, to hub: RelayEventHub) {
        certificates?.listeners.add { [weak hub] host in
            hub?.post(.certificateChanged(for: host))
            return hub != nil
        }
        regionMap.listeners.add { [weak hub] in
            hub?.post(RelayEvent(.mapChanged))
            return hub != nil
        }
    }
}
