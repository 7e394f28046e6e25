import COpenSSL
import Glibc

extension X509Certificate {
    /// Reads the one certificate that these DER bytes are; `nil` for anything else.
    convenience init?(der: [UInt8]) {
        let pointer = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_X509(nil, &next, bytes.count)
        }
        ERR_clear_error()
        guard let pointer else { return nil }
        self.init(owning: pointer)
    }

    /// The subject's common name, as UTF-8; `nil` when it has none.
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

    /// When its validity ends, in seconds since 1970; `nil` when that can't be read.
    var end: time_t? {
        var time = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(self.pointer), &time) == 1 else { return nil }
        return timegm(&time)
    }
}
