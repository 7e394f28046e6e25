import CDERPOpenSSL
import Foundation

/// A certificate authority of the test's own, which clients trust that are told of its file.
final class GeneratedAuthority {
    let key: OpaquePointer
    let certificate: OpaquePointer
    /// Its certificate, as PEM.
    let file: String

    init(in directory: TemporaryDirectory) throws {
        let key = try GeneratedCertificate.makeKey()
        self.key = key
        guard let certificate = X509_new() else { throw GeneratedCertificate.failure }
        self.certificate = certificate
        self.file = directory.file("authority.pem").path
        try GeneratedCertificate.describe(certificate, name: "A test's authority", key: key, serial: 1, expiry: 86400)
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate))
        guard let constraints = X509V3_EXT_conf_nid(nil, nil, NID_basic_constraints, "critical,CA:TRUE") else {
            throw GeneratedCertificate.failure
        }
        defer { X509_EXTENSION_free(constraints) }
        X509_add_ext(certificate, constraints, -1)
        guard X509_sign(certificate, key, EVP_sha256()) > 0 else { throw GeneratedCertificate.failure }
        try directory.write(
            GeneratedCertificate.text { PEM_write_bio_X509($0, certificate) },
            to: "authority.pem"
        )
    }

    deinit {
        X509_free(self.certificate)
        EVP_PKEY_free(self.key)
    }
}
