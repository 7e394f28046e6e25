import Testing

/// Encrypted records of the traces in RFC 8448, all under TLS_AES_128_GCM_SHA256, by the traffic secret that protects
/// them.
enum RFC8448Records {
    struct Record: Sendable {
        let type: UInt8
        let content: [UInt8]
        let bytes: [UInt8]

        init(_ type: UInt8, content: String, bytes text: String) {
            self.type = type
            self.content = AsyncSocketsTests.bytes(hex: content)
            self.bytes = AsyncSocketsTests.bytes(hex: text)
        }
    }

    struct Direction: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let secret: [UInt8]
        let records: [Record]

        init(_ name: String, secret: String, _ records: [Record]) {
            self.testDescription = name
            self.secret = bytes(hex: secret)
            self.records = records
        }
    }

    struct ServerFlight: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let secret: [UInt8]
        let record: [UInt8]
    }

    static let directions = [
        Direction(
            "§3, the client's handshake",
            secret: "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
            [
                Record(
                    22,
                    content: "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61",
                    bytes: """
                        170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1c
                        aeacab6867d726c40546
                        """
                )
            ]
        ),
        Direction(
            "§4, early data",
            secret: "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62",
            [
                Record(
                    23,
                    content: "414243444546",
                    bytes: "1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0"
                ),
                Record(
                    22,
                    content: "05000000",
                    bytes: "1703030015aca6fc944841298df99593725f9bf9754429b12f09"
                ),
            ]
        ),
        Direction(
            "§4, the server's handshake",
            secret: "fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803",
            [
                Record(
                    22,
                    content: """
                        080000280026000a00140012001d00170018001901000101010201030104001c0002400100000000002a000014000020
                        48d3e0e1b3d907c6acff145e16090388c77b05c050b634ab1a88bbd0dd1a34b2
                        """,
                    bytes: """
                        1703030061dc48237b4b879f50d0d4d262ea8b4716eb40ddc1eb957e11126e8a7149c2d012d37a7115957e64ce30008b
                        9e0323f2c05a9c1c77b4f37849a695ab255060a33fee770ca95cb8486bfd0843b87024865ca35cc41c4e515c64dcb136
                        9f98635bc7a5
                        """
                )
            ]
        ),
        Direction(
            "§4, the client's handshake",
            secret: "2faac08f851d35fea3604fcb4de82dc62c9b164a70974d0462e27f1ab278700f",
            [
                Record(
                    22,
                    content: "140000207230a9c952c25cd6138fc5e6628308c41c5335dd81b9f96bcea50fd32bda416d",
                    bytes: """
                        170303003500f8b467d14cf22a4b3f0b6ae0d8e6cc8d08e0db3515ef5c2bdf1922eafbb70009964716d834fb70c3d2a5
                        6c5b1f5f6bdba6c333cf
                        """
                )
            ]
        ),
        Direction(
            "§4, the client's data",
            secret: "2abbf2b8e381d23dbebe1dd2a7d16a8bf484cb4950d23fb7fb7fa8547062d9a1",
            [
                Record(
                    23,
                    content: """
                        000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f
                        3031
                        """,
                    bytes: """
                        1703030043b1cebce242aa201be9ae5e1cb2a9aa4b33d4e866af1edb068919237741aa031d7a74d491c99b9d4e232b74
                        206bc6fbaa04fe78be44a9b4f54320a17eb76992afac3103
                        """
                ),
                Record(
                    21,
                    content: "0100",
                    bytes: "17030300130facce3246bdfc6369838d6a82ae6de5d422dc"
                ),
            ]
        ),
        Direction(
            "§4, the server's data",
            secret: "cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691",
            [
                Record(
                    23,
                    content: """
                        000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f
                        3031
                        """,
                    bytes: """
                        1703030043275e9f20acff57bc000657d3867df039cccf79047884cf75771746f740b5a83f462a0954c3581393a203a2
                        5a7dd14141ef1a37900cdb62ff62dee1ba39ab2590cbf194
                        """
                ),
                Record(
                    21,
                    content: "0100",
                    bytes: "17030300135b18af444e8e1eec7158fb62d8f2577d37ba5d"
                ),
            ]
        ),
    ]

    /// The servers' first flights: EncryptedExtensions, Certificate, CertificateVerify, Finished.
    static let serverFlights = [
        ServerFlight(
            testDescription: "§3",
            secret: bytes(hex: "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
            record: bytes(
                hex: """
                    17030302a2d1ff334a56f5bff6594a07cc87b580233f500f45e489e7f33af35edf7869fcf40aa40aa2b8ea73f848a7ca
                    07612ef9f945cb960b4068905123ea78b111b429ba9191cd05d2a389280f526134aadc7fc78c4b729df828b5ecf7b13b
                    d9aefb0e57f271585b8ea9bb355c7c79020716cfb9b1183ef3ab20e37d57a6b9d7477609aee6e122a4cf51427325250c
                    7d0e509289444c9b3a648f1d71035d2ed65b0e3cdd0cbae8bf2d0b227812cbb360987255cc744110c453baa4fcd61092
                    8d809810e4b7ed1a8fd991f06aa6248204797e36a6a73b70a2559c09ead686945ba246ab66e5edd8044b4c6de3fcf2a8
                    9441ac66272fd8fb330ef8190579b3684596c960bd596eea520a56a8d650f563aad27409960dca63d3e688611ea5e22f
                    4415cf9538d51a200c27034272968a264ed6540c84838d89f72c24461aad6d26f59ecaba9acbbb317b66d902f4f292a3
                    6ac1b639c637ce343117b659622245317b49eeda0c6258f100d7d961ffb138647e92ea330faeea6dfa31c7a84dc3bd7e
                    1b7a6c7178af36879018e3f252107f243d243dc7339d5684c8b0378bf30244da8c87c843f5e56eb4c5e8280a2b48052c
                    f93b16499a66db7cca71e4599426f7d461e66f99882bd89fc50800becca62d6c74116dbd2972fda1fa80f85df881edbe
                    5a37668936b335583b599186dc5c6918a396fa48a181d6b6fa4f9d62d513afbb992f2b992f67f8afe67f76913fa388cb
                    5630c8ca01e0c65d11c66a1e2ac4c85977b7c7a6999bbf10dc35ae69f5515614636c0b9b68c19ed2e31c0b3b66763038
                    ebba42f3b38edc0399f3a9f23faa63978c317fc9fa66a73f60f0504de93b5b845e275592c12335ee340bbc4fddd50278
                    4016e4b3be7ef04dda49f4b440a30cb5d2af939828fd4ae3794e44f94df5a631ede42c1719bfdabf0253fe5175be898e
                    750edc53370d2b
                    """
            )
        ),
        ServerFlight(
            testDescription: "§5",
            secret: bytes(hex: "3403e781e2af7b6508da28574f6e95a1abf162de83a97927c37672a4a0cef8a1"),
            record: bytes(
                hex: """
                    170303029699bee20baf5b7fc727bfab6223928a381e6d0cf9c4da653f9d2a7b23f7de11cce842d5cf75631763450ffb
                    8b0cc1d238e658af7a12adc86243114ab14a1da2fae42621ce483fb6242eabfaad52566b02b31d2eddedefeb80e66a99
                    00d5f973b40c4fdf74719ecf1b68d7f9c3b6ceb903ca13dd1bb8f8187ae33417e1d152522c5822a1a03ad52c838c5595
                    3d610222874cce8e1790b229a2aa0b53c8d377ee720182951dc6181dc5d90bd1f0105ed1e84aa5f75957c6661897079e
                    5ea5007449e3197bdc7c9beeedddeafdd844afa5c315ecfe65e576afe909812880620ec7048b42d7f5c78d76f299d6d8
                    2534bdd8f512febc0ed3814aca470cd8000d3e1cb9962b052fbb950df683a52c2ba77ed3713b122937a6e5170964e2ab
                    7969dcd980b3db9b458da7603124d6dc005e4d6e04b4d0c4baf3275db827dbba0a6db09672171fc057b3851d7e026841
                    e2978fbd2346bbefdd0376bb1108fe9acc92189f5650aa5e85d8e8c7b67ac510dba003d3d7e16350bb66d45013efd44c
                    9b607c0d318c4c7d1a1f5cbc57e20611804e3787d7b4a4b5f08ed8fd70bdaeade02260b12ab842ef690b4a3ee7911e84
                    1b374ecd5ebbbc2a54d047b600336dd7d0c88b4bc10e58ee6cb656de7247fa20d8e91deb84628608cf80615b62e96c14
                    91c7ac3755eb6901405d3474fe1ac79d106a0cee56c2577fc88480f96cb6b8c681b7b68b53c146093908f350888175bd
                    fb0b1e31ad61e30ba0adfe6d223aa03c0783b5001a57587c328a9afcfcfb978d1cd4328f7d9d60530e630befd96c0c81
                    6ee20b0100768ae2a6df51fc68f172740a79af11398ee3be1252491fa9c693479e877f94ab7c5f8cad480203e6ab7b87
                    dd71e8a0729113df17f5eee86ce108d1d72007ec1cd13c85a6c149621e77b7d78d805a30f0be030c315e54
                    """
            )
        ),
    ]
}
