import CDERPOpenSSL

/// OpenSSL's message about its last failure.
struct OpenSSLFailure: Error, CustomStringConvertible {
    let description: String

    init(description: String) { self.description = description }

    /// Takes this thread's oldest error, which is the cause, and clears the others.
    init() {
        let code = ERR_get_error()
        ERR_clear_error()
        // The reasons are fixed texts of the library. None quotes its input.
        self.description = ERR_reason_error_string(code).map { String(cString: $0) } ?? "OpenSSL failed"
    }

    /// Throws OpenSSL's message unless `result` is 1 or more, which means success.
    static func check(_ result: some BinaryInteger) throws(OpenSSLFailure) {
        guard result > 0 else { throw OpenSSLFailure() }
    }

    /// Unwraps what an OpenSSL constructor returned.
    @discardableResult
    static func check<Pointer>(_ pointer: Pointer?) throws(OpenSSLFailure) -> Pointer {
        guard let pointer else { throw OpenSSLFailure() }
        return pointer
    }
}
