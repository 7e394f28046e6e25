import CDERPOpenSSL
import Foundation

/// A P-256 certificate of the test's own, for a server that takes its certificate from files.
enum GeneratedCertificate {
    /// Writes `<hostname>.crt` and `<hostname>.key`, valid from an hour ago until `expiry` seconds from now.
    ///
    /// - Parameter authority: who signs it; if `nil`, it does so itself.
    static func write(
        to directory: TemporaryDirectory,
        hostname: String,
        serial: Int = 7,
        expiry: Int = 24 * 3600,
        authority: GeneratedAuthority? = nil
    ) throws {
        let key = try self.makeKey()
        defer { EVP_PKEY_free(key) }
        guard let certificate = X509_new() else { throw Self.failure }
        defer { X509_free(certificate) }
        try self.describe(certificate, name: hostname, key: key, serial: serial, expiry: expiry)
        X509_set_issuer_name(certificate, X509_get_subject_name(authority?.certificate ?? certificate))
        let kind = hostname.utf8.allSatisfy { (0x2e...0x3a).contains($0) } ? "IP" : "DNS"
        guard let names = X509V3_EXT_conf_nid(nil, nil, NID_subject_alt_name, "\(kind):\(hostname)") else {
            throw Self.failure
        }
        defer { X509_EXTENSION_free(names) }
        X509_add_ext(certificate, names, -1)
        guard X509_sign(certificate, authority?.key ?? key, EVP_sha256()) > 0 else { throw Self.failure }

        try directory.write(Self.text { PEM_write_bio_X509($0, certificate) }, to: "\(hostname).crt")
        let keyText = try Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
        try directory.write(keyText, to: "\(hostname).key")
    }

    /// A fresh key on P-256: the caller's to free.
    static func makeKey() throws -> OpaquePointer {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw Self.failure }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "prime256v1") == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw Self.failure }
        return key
    }

    /// Fills in all but the issuer, the extensions and the signature.
    static func describe(
        _ certificate: OpaquePointer,
        name: String,
        key: OpaquePointer,
        serial: Int,
        expiry: Int
    ) throws {
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
        X509_gmtime_adj(X509_getm_notAfter(certificate), expiry)
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, name, -1, -1, 0)
        guard X509_set_pubkey(certificate, key) == 1 else { throw Self.failure }
    }

    static var failure: KitError { .missing("OpenSSL can't make a certificate") }

    static func text(_ write: (OpaquePointer) -> Int32) throws -> String {
        guard let output = BIO_new(BIO_s_mem()) else { throw Self.failure }
        defer { BIO_free(output) }
        guard write(output) == 1 else { throw Self.failure }
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = BIO_read(output, &bytes, Int32(bytes.count))
        return String(decoding: bytes[..<max(Int(count), 0)], as: UTF8.self)
    }
}
