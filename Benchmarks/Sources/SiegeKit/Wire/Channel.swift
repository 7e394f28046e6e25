/// A blocking connection, with or without TLS.
protocol Channel: AnyObject {
    /// Sends all of `bytes`; returns false if the connection broke, or if the time limit passed without progress.
    func send(_ bytes: [UInt8]) -> Bool
    /// Returns the next bytes; `nil` at the end, and if none came within the time limit.
    func receive() -> [UInt8]?
    func close()
}
