import CAsyncSockets

/// The memory in which a loop's sockets receive, decrypt and encrypt. One set per loop, so that an idle
/// connection owns no buffer. Each is used within one synchronous call and means nothing afterwards.
package final class LoopBuffers {
    /// What one `recv` may take, in bytes.
    package static let receiveSize = 64 * 1024
    /// What one sealing step may produce, in bytes: 64 KiB of plaintext, record overhead, and handshake messages.
    package static let sealSize = 96 * 1024
    /// OpenSSL may hold one partial record back and give it out with the next read.
    private static let recordSize = 17 * 1024

    package let received = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveSize, alignment: 64)
    package let opened = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveSize + recordSize, alignment: 64)
    package let sealed = UnsafeMutableRawBufferPointer.allocate(byteCount: sealSize, alignment: 64)
    /// For a layer that puts something before what it has the next one seal: room for one record.
    package let staged = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 64)
    package let window = UnsafeMutablePointer<cas_tls_window>.allocate(capacity: 1)

    init() {
        self.window.initialize(to: cas_tls_window())
    }

    deinit {
        self.received.deallocate()
        self.opened.deallocate()
        self.sealed.deallocate()
        self.staged.deallocate()
        self.window.deallocate()
    }
}
