import CDERPOpenSSL

/// A certificate signing request (PKCS #10, RFC 2986).
enum CertificateRequest {
    /// Returns the DER bytes of a request for `host`, signed by `key`: no subject, and `host` as the only alternative
    /// name, a dNSName or an iPAddress (RFC 8555 §7.4, RFC 8738 §3).
    static func make(for host: CertificateHost, key: SigningKey) throws(OpenSSLFailure) -> [UInt8] {
        let request = try OpenSSLFailure.check(X509_REQ_new())
        defer { X509_REQ_free(request) }
        try OpenSSLFailure.check(X509_REQ_set_version(request, 0))
        try OpenSSLFailure.check(X509_REQ_set_pubkey(request, key.pointer))
        // In lower case, as in the order.
        let host = CertificateHost(host.key) ?? host
        let name = try CertificateTemplate.Extension(nid: NID_subject_alt_name, value: host.subjectAlternativeName)
            .make()
        defer { X509_EXTENSION_free(name) }
        let list = try OpenSSLFailure.check(OPENSSL_sk_new_null())
        defer { OPENSSL_sk_free(list) }
        try OpenSSLFailure.check(OPENSSL_sk_push(list, UnsafeRawPointer(name)))
        try OpenSSLFailure.check(X509_REQ_add_extensions(request, list))
        try OpenSSLFailure.check(X509_REQ_sign(request, key.pointer, key.digest))
        return try Self.der(of: request)
    }

    private static func der(of request: OpaquePointer) throws(OpenSSLFailure) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_REQ(request, &bytes)
        try OpenSSLFailure.check(count)
        let start = try OpenSSLFailure.check(bytes)
        defer { CRYPTO_free(start, nil, 0) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }
}
