import CAsyncSockets

/// What a loop's sockets receive, decrypt and encrypt with. There is one set per loop, so that an idle connection owns no
/// buffer. Each buffer is used within one synchronous call and means nothing afterwards.
package final class LoopBuffers {
    /// The maximum size of one `recv`, in bytes.
    package static let receiveSize = 64 * 1024
    /// The maximum output of one sealing step, in bytes: 64 KiB of plaintext, record overhead, and handshake messages.
    package static let sealSize = 96 * 1024
    /// OpenSSL may hold back one partial record and return it with the next read.
    private static let recordSize = 17 * 1024

    package let received = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveSize, alignment: 64)
    package let opened = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveSize + recordSize, alignment: 64)
    package let sealed = UnsafeMutableRawBufferPointer.allocate(byteCount: sealSize, alignment: 64)
    /// Room for one record, for a layer that puts something before what the next layer seals.
    package let staged = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 64)
    let ciphers = CipherPool()
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
