import CDERPOpenSSL
import Glibc

/// The content of a self-signed certificate, before it is signed.
struct CertificateTemplate {
    /// The serial number; `nil` means 127 random bits.
    var serial: Int?
    /// The subject's, and so the issuer's, common name. 1…64 characters by RFC 5280, but not checked: the meta
    /// certificate needs 71.
    var commonName: String
    /// The validity's bounds, in seconds since 1970.
    var validity: ClosedRange<time_t>
    /// The extensions in order.
    var extensions: [Extension]

    /// An extension by OpenSSL's number for it or by its object identifier, and its value in OpenSSL's configuration
    /// syntax.
    struct Extension {
        let name: String
        let value: String

        init(nid: CInt, value: String) {
            self.name = OBJ_nid2sn(nid).map { String(cString: $0) } ?? ""
            self.value = value
        }

        init(identifier: String, value: String) {
            self.name = identifier
            self.value = value
        }

        /// Returns the extension in OpenSSL's form. The caller must free it.
        func make() throws(OpenSSLFailure) -> OpaquePointer {
            try OpenSSLFailure.check(X509V3_EXT_conf(nil, nil, self.name, self.value))
        }

        /// Critical basic constraints: the certificate can't sign others.
        static let notAnAuthority = Self(nid: NID_basic_constraints, value: "critical,CA:FALSE")
    }

    /// Makes the certificate of `key`, signed by `key`.
    func selfSigned(by key: SigningKey) throws(OpenSSLFailure) -> X509Certificate {
        let certificate = X509Certificate(owning: try OpenSSLFailure.check(X509_new()))
        let pointer = certificate.pointer
        // 2 means version 3.
        try OpenSSLFailure.check(X509_set_version(pointer, 2))
        try self.setSerial(of: pointer)
        try self.setNames(of: pointer)
        try OpenSSLFailure.check(ASN1_TIME_set(X509_getm_notBefore(pointer), self.validity.lowerBound))
        try OpenSSLFailure.check(ASN1_TIME_set(X509_getm_notAfter(pointer), self.validity.upperBound))
        try OpenSSLFailure.check(X509_set_pubkey(pointer, key.pointer))
        for item in self.extensions {
            let value = try item.make()
            defer { X509_EXTENSION_free(value) }
            try OpenSSLFailure.check(X509_add_ext(pointer, value, -1))
        }
        try OpenSSLFailure.check(X509_sign(pointer, key.pointer, key.digest))
        return certificate
    }

    private func setSerial(of pointer: OpaquePointer) throws(OpenSSLFailure) {
        let number = X509_get_serialNumber(pointer)
        if let serial = self.serial {
            try OpenSSLFailure.check(ASN1_INTEGER_set_int64(number, Int64(serial)))
            return
        }
        var bytes = Sodium.randomBytes(count: 16)
        // A serial number is positive (RFC 5280 §4.1.2.2).
        bytes[0] &= 0x7f
        let big = try OpenSSLFailure.check(BN_bin2bn(bytes, CInt(bytes.count), nil))
        defer { BN_free(big) }
        try OpenSSLFailure.check(BN_to_ASN1_INTEGER(big, number))
    }

    private func setNames(of pointer: OpaquePointer) throws(OpenSSLFailure) {
        let name = try OpenSSLFailure.check(X509_get_subject_name(pointer))
        let bytes = Array(self.commonName.utf8)
        // PrintableString as a fixed type: the checked string types refuse more than 64 characters.
        try OpenSSLFailure.check(
            X509_NAME_add_entry_by_NID(
                name,
                NID_commonName,
                V_ASN1_PRINTABLESTRING,
                bytes,
                CInt(clamping: bytes.count),
                -1,
                0
            )
        )
        try OpenSSLFailure.check(X509_set_issuer_name(pointer, name))
    }
}
