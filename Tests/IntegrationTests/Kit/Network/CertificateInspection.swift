import CDERPOpenSSL
import Foundation

/// What a test wants to know of an X.509 certificate.
struct CertificateInspection {
    let commonName: String
    let serialNumber: Int
    let notBefore: Date
    let notAfter: Date
    let isSelfSigned: Bool
    let isEd25519: Bool
    let hasBasicConstraints: Bool
    /// The certificate's names as OpenSSL prints them, such as `IP Address:127.0.0.1`.
    let alternativeNames: String
    /// The SHA-256 of the DER form, in hex: what `CertName: sha256-raw:` pins.
    let fingerprint: String

    init(_ der: [UInt8]) throws {
        guard let certificate = Self.decode(der) else { throw KitError.unexpected("not a certificate") }
        defer { X509_free(certificate) }
        self.commonName = Self.commonName(of: certificate)
        self.serialNumber = ASN1_INTEGER_get(X509_get0_serialNumber(certificate))
        self.notBefore = Self.date(X509_get0_notBefore(certificate))
        self.notAfter = Self.date(X509_get0_notAfter(certificate))
        let key = X509_get0_pubkey(certificate)
        self.isSelfSigned = X509_verify(certificate, key) == 1
        self.isEd25519 = EVP_PKEY_get_id(key) == NID_ED25519
        self.hasBasicConstraints = X509_get_ext_by_NID(certificate, NID_basic_constraints, -1) >= 0
        self.alternativeNames = Self.text(of: certificate, extension: NID_subject_alt_name)
        self.fingerprint = Hexadecimal.encode(SHA256Digest.of(der))
    }

    /// The DER form of an OpenSSL certificate.
    static func encode(_ certificate: OpaquePointer) -> [UInt8]? {
        let count = i2d_X509(certificate, nil)
        guard count > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return i2d_X509(certificate, &cursor)
        }
        return written == count ? bytes : nil
    }

    private static func decode(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
    }

    private static func commonName(of certificate: OpaquePointer) -> String {
        let name = X509_get_subject_name(certificate)
        let index = X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        guard index >= 0, let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)) else { return "" }
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(data), count: Int(ASN1_STRING_length(data)))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date {
        var fields = tm()
        guard ASN1_TIME_to_tm(time, &fields) == 1 else { return .distantPast }
        return Date(timeIntervalSince1970: TimeInterval(timegm(&fields)))
    }

    private static func text(of certificate: OpaquePointer, extension identifier: Int32) -> String {
        let index = X509_get_ext_by_NID(certificate, identifier, -1)
        guard index >= 0, let output = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(output) }
        X509V3_EXT_print(output, X509_get_ext(certificate, index), 0, 0)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = BIO_read(output, &bytes, Int32(bytes.count))
        return String(decoding: bytes[..<max(Int(count), 0)], as: UTF8.self)
    }
}
