import IPAddresses
import CDERPOpenSSL
import Glibc

extension X509Certificate {
    /// Reads these DER bytes as one certificate. Returns `nil` for anything else.
    convenience init?(der: [UInt8]) {
        let pointer = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_X509(nil, &next, bytes.count)
        }
        ERR_clear_error()
        guard let pointer else { return nil }
        self.init(owning: pointer)
    }

    /// The subject's common name, as UTF-8; `nil` if it has none.
    var commonName: String? { Self.commonName(of: X509_get_subject_name(self.pointer)) }

    /// The issuer's common name.
    var issuerCommonName: String? { Self.commonName(of: X509_get_issuer_name(self.pointer)) }

    private static func commonName(of name: OpaquePointer?) -> String? {
        let index = X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(name, index) else { return nil }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry))
        guard count >= 0, let bytes else { return nil }
        defer { CRYPTO_free(bytes, nil, 0) }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }

    /// The start of its validity, in seconds since 1970; `nil` if that can't be read.
    var start: time_t? { Self.seconds(X509_get0_notBefore(self.pointer)) }

    /// The end of its validity, in seconds since 1970; `nil` if that can't be read.
    var end: time_t? { Self.seconds(X509_get0_notAfter(self.pointer)) }

    private static func seconds(_ value: UnsafePointer<ASN1_TIME>?) -> time_t? {
        var time = tm()
        return ASN1_TIME_to_tm(value, &time) == 1 ? timegm(&time) : nil
    }
}

extension X509Certificate {
    /// The DNS names and IP addresses that it is for (RFC 5280 §4.2.1.6), at most 100.
    var alternativeNames: [String] {
        guard let names = X509_get_ext_d2i(self.pointer, NID_subject_alt_name, nil, nil) else { return [] }
        let stack = OpaquePointer(names)
        defer { GENERAL_NAMES_free(stack) }
        return (0..<min(OPENSSL_sk_num(stack), 100)).compactMap { index in
            OPENSSL_sk_value(stack, index).flatMap { Self.text(of: $0.assumingMemoryBound(to: GENERAL_NAME.self)) }
        }
    }

    private static func text(of name: UnsafeMutablePointer<GENERAL_NAME>) -> String? {
        var kind: CInt = 0
        guard let value = GENERAL_NAME_get0_value(name, &kind), kind == GEN_DNS || kind == GEN_IPADD else { return nil }
        let string = value.assumingMemoryBound(to: ASN1_STRING.self)
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
        return kind == GEN_DNS ? String(decoding: bytes, as: UTF8.self) : IPAddress(bytes: bytes)?.description
    }
}
