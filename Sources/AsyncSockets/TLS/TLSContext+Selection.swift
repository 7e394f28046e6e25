import CDERPOpenSSL

extension TLSContext {
    /// Chooses the context whose certificate a client gets.
    typealias Selection = @Sendable (TLSClientHello) -> TLSContext?

    /// The argument of OpenSSL's callback: an object, because C can only point at one.
    final class Selector: Sendable {
        let select: Selection

        init(_ select: @escaping Selection) { self.select = select }
    }

    /// The maximum number of cipher suites that a client may offer. OpenSSL looks each one up: 32,767 take it 1.4 ms.
    /// There are about 400.
    private static let suiteLimit = 4096

    /// Makes the context ask `selector`, which it holds, about every client.
    func ask(_ selector: Selector) {
        SSL_CTX_set_client_hello_cb(
            self.handle,
            { session, alert, argument in
                guard let session, let argument else { return SSL_CLIENT_HELLO_ERROR }
                // The session holds its context, and the context holds the selector.
                let selector = Unmanaged<Selector>.fromOpaque(argument).takeUnretainedValue()
                guard TLSClientHello.suiteCount(of: session) <= TLSContext.suiteLimit else {
                    alert?.pointee = SSL_AD_DECODE_ERROR
                    return SSL_CLIENT_HELLO_ERROR
                }
                guard let context = selector.select(TLSClientHello(of: session)), context.isServer,
                    SSL_set_SSL_CTX(session, context.handle) != nil
                else {
                    alert?.pointee = SSL_AD_HANDSHAKE_FAILURE
                    return SSL_CLIENT_HELLO_ERROR
                }
                return SSL_CLIENT_HELLO_SUCCESS
            },
            Unmanaged.passUnretained(selector).toOpaque()
        )
    }
}
