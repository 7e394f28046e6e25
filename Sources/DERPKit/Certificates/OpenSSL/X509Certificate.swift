import CDERPOpenSSL
import Glibc

/// One X.509 certificate (RFC 5280), in OpenSSL's form.
final class X509Certificate {
    let pointer: OpaquePointer

    /// Takes over `pointer`.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(self.pointer) }

    /// Reads every certificate of a PEM text in order. Skips other blocks between them.
    ///
    /// - Throws: ``OpenSSLFailure`` if a block is damaged. A text without any certificate gives an empty array.
    static func chain(fromPEM text: String) throws(OpenSSLFailure) -> [X509Certificate] {
        let bio = try MemoryBIO(text)
        var chain = [X509Certificate]()
        while true {
            ERR_clear_error()
            if let pointer = PEM_read_bio_X509(bio.pointer, nil, refusePassword, nil) {
                chain.append(X509Certificate(owning: pointer))
                continue
            }
            let error = ERR_peek_last_error()
            guard ERR_GET_LIB(error) == ERR_LIB_PEM, ERR_GET_REASON(error) == PEM_R_NO_START_LINE else {
                throw OpenSSLFailure()
            }
            ERR_clear_error()
            return chain
        }
    }

    /// The certificate as one PEM block.
    func pem() throws(OpenSSLFailure) -> String {
        let bio = try MemoryBIO()
        try OpenSSLFailure.check(PEM_write_bio_X509(bio.pointer, self.pointer))
        return bio.text()
    }

    /// The certificate's DER bytes.
    func der() throws(OpenSSLFailure) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(self.pointer, &bytes)
        try OpenSSLFailure.check(count)
        let start = try OpenSSLFailure.check(bytes)
        defer { CRYPTO_free(start, nil, 0) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    /// Returns whether it is for `host`, according to a subject alternative name. The common name is ignored, as by
    /// Tailscale's clients.
    func isValid(for host: CertificateHost) -> Bool {
        switch host.kind {
        case .address(let address):
            let bytes = address.bytes
            return X509_check_ip(self.pointer, bytes, bytes.count, 0) == 1
        case .name(let name):
            return X509_check_host(
                self.pointer,
                name,
                name.utf8.count,
                CUnsignedInt(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT),
                nil
            ) == 1
        }
    }

    /// Whether its validity has ended by `time` (seconds since 1970).
    func isExpired(at time: time_t) -> Bool {
        var time = time
        return X509_cmp_time(X509_get0_notAfter(self.pointer), &time) <= 0
    }

    /// Whether its validity has not begun by `time`.
    func isEarly(at time: time_t) -> Bool {
        var time = time
        return X509_cmp_time(X509_get0_notBefore(self.pointer), &time) > 0
    }

    /// Its validity in seconds since 1970. Empty if it ends before it begins.
    func validity() throws(OpenSSLFailure) -> Range<Int> {
        let start = try Self.seconds(X509_get0_notBefore(self.pointer))
        let end = try Self.seconds(X509_get0_notAfter(self.pointer))
        return start..<max(start, end)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(OpenSSLFailure) -> Int {
        var fields = tm()
        try OpenSSLFailure.check(ASN1_TIME_to_tm(time, &fields))
        return timegm(&fields)
    }

    /// Whether its issuer is its subject.
    var isSelfIssued: Bool {
        X509_NAME_cmp(X509_get_issuer_name(self.pointer), X509_get_subject_name(self.pointer)) == 0
    }
}
