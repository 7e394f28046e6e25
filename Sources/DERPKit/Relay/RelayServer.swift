/// A DERP relay: listens, admits clients, and forwards their packets.
public final class RelayServer: Sendable {
    /// The settings that the relay was made with.
    public let configuration: Configuration

    /// Makes a relay that does not listen yet.
    public init(configuration: Configuration) throws {
        self.configuration = configuration
    }
}
