import Testing

/// Known answers for X25519: RFC 7748, and Project Wycheproof for public keys that are not canonical or of low order.
enum X25519Vectors {
    struct Exchange: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let privateKey: String
        let publicKey: String
        let shared: String
    }

    static let exchanges = [
        Exchange(
            testDescription: "RFC 7748 §5.2, first",
            privateKey: "a046e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449a44",
            publicKey: "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            shared: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        ),
        Exchange(
            testDescription: "RFC 7748 §5.2, second",
            privateKey: "4866e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba4d",
            publicKey: "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a413",
            shared: "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
        ),
        Exchange(
            testDescription: "RFC 7748 §6.1",
            privateKey: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            publicKey: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            shared: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        ),
        Exchange(
            testDescription: "Wycheproof 87, not canonical",
            privateKey: "0016b62af5cabde8c40938ebf2108e05d27fa0533ed85d70015ad4ad39762d54",
            publicKey: "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            shared: "b4d10e832714972f96bd3382e4d082a21a8333a16315b3ffb536061d2482360d"
        ),
        Exchange(
            testDescription: "Wycheproof 89, not canonical",
            privateKey: "88dd14e2711ebd0b0026c651264ca965e7e3da5082789fbab7e24425e7b4377e",
            publicKey: "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            shared: "6919992d6a591e77b3f2bacbd74caf3aea4be4802b18b2bc07eb09ade3ad6662"
        ),
        Exchange(
            testDescription: "Wycheproof 90, not canonical",
            privateKey: "98c2b08cbac14e15953154e3b558d42bb1268a365b0ef2f22725129d8ac5cb7f",
            publicKey: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            shared: "9c034fcd8d3bf69964958c0105161fcb5d1ea5b8f8abb371491e42a7684c2322"
        ),
        Exchange(
            testDescription: "Wycheproof 91, not canonical",
            privateKey: "c0697b6f05e0f3433b44ea352f20508eb0623098a7770853af5ca09727340c4e",
            publicKey: "0200000000000000000000000000000000000000000000000000000000000080",
            shared: "ed18b06da512cab63f22d2d51d77d99facd3c4502e4abf4e97b094c20a9ddf10"
        ),
        Exchange(
            testDescription: "Wycheproof 94, not canonical",
            privateKey: "285a6a7ceeb7122f2c78d99c53b2a902b490892f7dff326f89d12673c3101b53",
            publicKey: "daffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            shared: "9b01287717d72f4cfb583ec85f8f936849b17d978dbae7b837db56a62f100a68"
        ),
        Exchange(
            testDescription: "Wycheproof 97, not canonical",
            privateKey: "9041c6e044a277df8466275ca8b5ee0da7bc028648054ade5c592add3057474e",
            publicKey: "eaffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            shared: "13da5695a4c206115409b5277a934782fe985fa050bc902cba5616f9156fe277"
        ),
        Exchange(
            testDescription: "Wycheproof 99, not canonical",
            privateKey: "c85f08e60c845f82099141a66dc4583d2b1040462c544d33d0453b20b1a6377e",
            publicKey: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            shared: "e9db74bc88d0d9bf046ddd13f943bccbe6dbb47d49323f8dfeedc4a694991a3c"
        ),
    ]

    /// The points of low order in every encoding, also with the unused bit set and above the prime. X25519 of any private
    /// key and one of these is zero (RFC 7748 §6.1).
    static let lowOrder = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]
}
