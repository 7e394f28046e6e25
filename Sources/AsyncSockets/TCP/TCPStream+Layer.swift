extension TCPStream {
    /// Puts `layer` between the stream's owner and the current layer, which `layer` must include.
    ///
    /// - Parameter early: What was already received, and opened by the previous layer. The layer's first calls get
    ///   that, at most ``LoopBuffers/receiveSize`` bytes each.
    package func insert(_ layer: any StreamLayer, early: [UInt8]) {
        self.loop.requireCurrent("A TCPStream")
        self.layer = layer
        self.unopened = early
        self.unopenedStart = 0
    }

    func dropUnopened() {
        self.unopened = []
        self.unopenedStart = 0
    }

    /// Sends what the layer has to send by itself, even if the stream has failed: it may be why.
    package func speak() {
        self.loop.requireCurrent("A TCPStream")
        guard let layer = self.layer, self.isOpen else { return }
        var output = SealedOutput(self.loop.buffers.sealed, isDelayed: self.isWriteBlocked)
        layer.speak(output: &output)
        if output.count > 0 { self.sendSealed(output.filled) }
    }
}
