/// How long a soak lasts, and how much happens in it.
public struct SoakSettings: Sendable {
    /// The path of the server.
    public var program: String
    public var seconds: Double
    public var clients: Int
    /// The time between two takeovers, in seconds.
    public var takeoverSeconds: Double
    public var title = "A soak"

    public init(program: String, seconds: Double, clients: Int, takeoverSeconds: Double) {
        self.program = program
        self.seconds = seconds
        self.clients = clients
        self.takeoverSeconds = takeoverSeconds
    }

    /// Over how long a server that is taken over sends its clients away, in seconds: the default, or less where
    /// takeovers follow each other quickly.
    var drainSeconds: Int { max(min(10, Int(self.takeoverSeconds / 4)), 1) }
    /// How much faster than usual everything happens.
    var pace: Double { min(max(300 / self.takeoverSeconds, 1), 5) }
}
