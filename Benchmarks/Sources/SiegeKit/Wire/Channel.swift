/// A connection that blocks, with or without TLS.
protocol Channel: AnyObject {
    /// Sends all of it; false when the connection broke, or took nothing for as long as it may.
    func send(_ bytes: [UInt8]) -> Bool
    /// What comes next; `nil` at the end, and when nothing came for as long as that may take.
    func receive() -> [UInt8]?
    func close()
}
