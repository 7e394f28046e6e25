/// How the load's clients write and read.
public enum ClientStyle: String, CaseIterable, Sendable {
    /// As Tailscale's own client does: each frame is written by itself, and a read brings a packet or two.
    case stock
    /// As many frames as there are in one write, and as much as has come in one read. Servers have an easier life with
    /// such clients than with those that are in use.
    case batching

    /// How much is read at once, in bytes.
    var readSize: Int { self == .stock ? 4096 : .max }
}
