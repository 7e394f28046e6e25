extension RelayServer {
    /// What happens to the relay from now on, for one reader: who comes and goes, who is refused, links of the mesh, certificates and
    /// the map. Nothing about packets.
    ///
    /// Up to 1,024 events wait for the reader; ``events(bufferSize:)`` takes another number.
    public nonisolated var events: RelayEvents { self.events(bufferSize: 1024) }

    /// The same, with another buffer.
    ///
    /// - Parameter bufferSize: how many events wait for the reader at most; 1 or more. When more come, the oldest go
    ///   (``RelayEvent/missed``).
    public nonisolated func events(bufferSize: Int) -> RelayEvents {
        self.context.events.events(bufferSize: bufferSize)
    }

    /// Has changes of certificates and of the map told as events, for as long as `hub` is there.
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
