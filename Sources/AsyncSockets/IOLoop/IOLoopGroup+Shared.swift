extension IOLoopGroup {
    private static let sharedGroup = Lock<IOLoopGroup?>(nil)

    /// Returns the group that all clients without a group share: one loop, made at the first call and then kept.
    ///
    /// - Throws: As ``init(count:)``. The next call tries again.
    package static func shared() throws(SocketError) -> IOLoopGroup {
        let result = self.sharedGroup.withLock { group in
            if let group { return Result<IOLoopGroup, SocketError>.success(group) }
            let made = Result { () throws(SocketError) in try IOLoopGroup(count: 1) }
            group = try? made.get()
            return made
        }
        return try result.get()
    }
}
