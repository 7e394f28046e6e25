import AsyncSockets

/// A self-signed P-256 certificate for `localhost` and 127.0.0.1, valid until 2126. Its key protects nothing.
enum TestCertificate {
    static let keyPEM = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw4EwFaoDcvmhFUH5
        1GyMwxbevmwjsQEKws3U5/zS2yehRANCAATjGUMb3VVPfH2kfzlWigbpZxX5dm2v
        UBfFT/OaoMG/wtV9I+96jHf1yp7xk/FLFo1BKfAuX68wuSad55pbj9/P
        -----END PRIVATE KEY-----

        """

    static let chainPEM = """
        -----BEGIN CERTIFICATE-----
        MIIBmjCCAUGgAwIBAgIUE6wXVy+LCRuCiKnsttVIg9kdGTMwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE5NTIxM1oYDzIxMjYxMDI5
        MTk1MjEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAATjGUMb3VVPfH2kfzlWigbpZxX5dm2vUBfFT/OaoMG/wtV9I+96jHf1
        yp7xk/FLFo1BKfAuX68wuSad55pbj9/Po28wbTAdBgNVHQ4EFgQUn7t7YAbX+bWX
        tc4NvtKwVs9klzswHwYDVR0jBBgwFoAUn7t7YAbX+bWXtc4NvtKwVs9klzswDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDRwAwRAIgOIlTU9q/N10wIXtBDLZ5QRYUg3hLPu2hoOq83+LIoEcCIGve
        /AFBvr71gJ1h99YJOaI6smDkAxeFKgUrWt9ePNtk
        -----END CERTIFICATE-----

        """

    /// SHA-256 over the DER form.
    static let pin: [UInt8] = [
        0xdb, 0x8b, 0x54, 0x88, 0xe8, 0x8d, 0x99, 0xfa, 0x80, 0x5e, 0x68, 0x48, 0x02, 0xe3, 0xa1, 0x00,
        0xc7, 0x57, 0xce, 0xbf, 0x78, 0xb2, 0xbe, 0x33, 0xa8, 0x1c, 0xdf, 0x33, 0x27, 0xc5, 0x94, 0xd3,
    ]

    static func server(_ versions: TLSContext.Versions = .both) throws -> TLSContext {
        try TLSContext(serverChainPEM: self.chainPEM, privateKeyPEM: self.keyPEM, versions: versions)
    }

    static func client(
        _ verification: TLSContext.Verification = .pinned(pin),
        _ versions: TLSContext.Versions = .both
    ) throws -> TLSContext {
        try TLSContext(clientVerification: verification, versions: versions)
    }
}
