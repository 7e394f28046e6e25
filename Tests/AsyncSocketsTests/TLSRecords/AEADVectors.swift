import Testing

/// Known answers for the AEADs of TLS 1.3: the test cases of the GCM specification (McGrew and Viega, appendix B; NIST
/// SP 800-38D), RFC 8439, and Project Wycheproof for sizes around a block and for extreme tags.
enum AEADVectors {
    struct Vector: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The number of the cipher suite with this AEAD.
        let suite: UInt16
        let key: [UInt8]
        let nonce: [UInt8]
        /// What the tag covers besides the text.
        let header: [UInt8]
        let text: [UInt8]
        /// The encrypted text and the tag.
        let sealed: [UInt8]

        init(
            _ name: String,
            _ suite: UInt16,
            key: String,
            nonce: String,
            header: String = "",
            text: String = "",
            sealed: String
        ) {
            self.testDescription = name
            self.suite = suite
            self.key = bytes(hex: key)
            self.nonce = bytes(hex: nonce)
            self.header = bytes(hex: header)
            self.text = bytes(hex: text)
            self.sealed = bytes(hex: sealed)
        }
    }

    static let all = [
        Vector(
            "AES-128-GCM, test case 1",
            0x1301,
            key: "00000000000000000000000000000000",
            nonce: "000000000000000000000000",
            sealed: "58e2fccefa7e3061367f1d57a4e7455a"
        ),
        Vector(
            "AES-128-GCM, test case 2",
            0x1301,
            key: "00000000000000000000000000000000",
            nonce: "000000000000000000000000",
            text: "00000000000000000000000000000000",
            sealed: "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"
        ),
        Vector(
            "AES-128-GCM, test case 3",
            0x1301,
            key: "feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            text: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525
                b16aedf5aa0de657ba637b391aafd255
                """,
            sealed: """
                42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05
                1ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4
                """
        ),
        Vector(
            "AES-128-GCM, test case 4",
            0x1301,
            key: "feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            header: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            text: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525
                b16aedf5aa0de657ba637b39
                """,
            sealed: """
                42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05
                1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47
                """
        ),
        Vector(
            "AES-256-GCM, test case 13",
            0x1302,
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            "AES-256-GCM, test case 14",
            0x1302,
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            text: "00000000000000000000000000000000",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            "AES-256-GCM, test case 15",
            0x1302,
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            text: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525
                b16aedf5aa0de657ba637b391aafd255
                """,
            sealed: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838
                c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c
                """
        ),
        Vector(
            "AES-256-GCM, test case 16",
            0x1302,
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            header: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            text: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525
                b16aedf5aa0de657ba637b39
                """,
            sealed: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838
                c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b
                """
        ),
        Vector(
            "ChaCha20-Poly1305, RFC 8439 §2.8.2",
            0x1303,
            key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            nonce: "070000004041424344454647",
            header: "50515253c0c1c2c3c4c5c6c7",
            text: """
                4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a20496620492063
                6f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73
                637265656e20776f756c642062652069742e
                """,
            sealed: """
                d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b
                1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
                3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691
                """
        ),
        Vector(
            "ChaCha20-Poly1305, RFC 8439 A.5",
            0x1303,
            key: "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
            nonce: "000000000102030405060708",
            header: "f33388860000000000004e91",
            text: """
                496e7465726e65742d4472616674732061726520647261667420646f63756d656e74732076616c696420666f72206120
                6d6178696d756d206f6620736978206d6f6e74687320616e64206d617920626520757064617465642c207265706c6163
                65642c206f72206f62736f6c65746564206279206f7468657220646f63756d656e747320617420616e792074696d652e
                20497420697320696e617070726f70726961746520746f2075736520496e7465726e65742d4472616674732061732072
                65666572656e6365206d6174657269616c206f7220746f2063697465207468656d206f74686572207468616e20617320
                2fe2809c776f726b20696e2070726f67726573732e2fe2809d
                """,
            sealed: """
                64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0
                bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855
                9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e9
                9040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a
                0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130
                305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38
                """
        ),
        Vector(
            "AES-128-GCM, Wycheproof 5",
            0x1301,
            key: "384ea416ac3c2f51a76e7d8226346d4e",
            nonce: "b30c084727ad1c592ac21d12",
            text: "35",
            sealed: "547c1e4ae88bb27e5638343cb9fd3f6337"
        ),
        Vector(
            "AES-128-GCM, Wycheproof 7",
            0x1301,
            key: "dd6197cd63c963919cf0c273ef6b28bf",
            nonce: "ecb0c42f7000ef0e6f95f24d",
            text: "4dcc1485365866e25ac3f2ca6aba97",
            sealed: "8a9992388e735f80ee18f4a63c10ad1486a91cccf92c9a5b00f7b0e034891c"
        ),
        Vector(
            "AES-128-GCM, Wycheproof 9",
            0x1301,
            key: "c15ed227dd2e237ecd087eaaaad19ea4",
            nonce: "965ff6643116ac1443a2dec7",
            text: "fee62fde973fe025ad6b322dcdf3c63fc7",
            sealed: "0de51fe4f7f2d1f0f917569f5c6d1b009c6cd8521422c0177e83ef1b7a845d97db"
        ),
        Vector(
            "AES-128-GCM, Wycheproof 39",
            0x1301,
            key: "00112233445566778899aabbccddeeff",
            nonce: "000000000000000000000000",
            text: "ebd4a3e10cf6d41c50aeae007563b072",
            sealed: "f62d84d649e56bc8cfedc5d74a51e2f7ffffffffffffffffffffffffffffffff"
        ),
        Vector(
            "AES-128-GCM, Wycheproof 40",
            0x1301,
            key: "00112233445566778899aabbccddeeff",
            nonce: "ffffffffffffffffffffffff",
            text: "d593c4d8224f1b100c35e4f6c4006543",
            sealed: "431f31e6840931fd95f94bf88296ff6900000000000000000000000000000000"
        ),
        Vector(
            "AES-256-GCM, Wycheproof 94",
            0x1302,
            key: "cc56b680552eb75008f5484b4cb803fa5063ebd6eab91f6ab6aef4916a766273",
            nonce: "99e23ec48985bccdeeab60f1",
            text: "2a",
            sealed: "06633c1e9703ef744ffffb40edf9d14355"
        ),
        Vector(
            "AES-256-GCM, Wycheproof 96",
            0x1302,
            key: "67119627bd988eda906219e08c0d0d779a07d208ce8a4fe0709af755eeec6dcb",
            nonce: "68ab7fdbf61901dad461d23c",
            text: "51f8c1f731ea14acdb210a6d973e07",
            sealed: "43fc101bff4b32bfadd3daf57a590eec04aacb7148a8b8be44cb7eaf4efa69"
        ),
        Vector(
            "AES-256-GCM, Wycheproof 98",
            0x1302,
            key: "3b2458d8176e1621c0cc24c0c0e24c1e80d72f7ee9149a4b166176629616d011",
            nonce: "45aaa3e5d16d2d42dc03445d",
            text: "3ff1514b1c503915918f0c0c31094a6e1f",
            sealed: "73a6b6f45f6ccc5131e07f2caa1f2e2f562d7379ec1db5952d4e95d30c340b1b1d"
        ),
        Vector(
            "AES-256-GCM, Wycheproof 128",
            0x1302,
            key: "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f",
            nonce: "000000000000000000000000",
            text: "561008fa07a68f5c61285cd013464eaf",
            sealed: "23293e9b07ca7d1b0cae7cc489a973b3ffffffffffffffffffffffffffffffff"
        ),
        Vector(
            "AES-256-GCM, Wycheproof 129",
            0x1302,
            key: "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f",
            nonce: "ffffffffffffffffffffffff",
            text: "c6152244cea1978d3e0bc274cf8c0b3b",
            sealed: "7cb6fc7c6abc009efe9551a99f36a42100000000000000000000000000000000"
        ),
        Vector(
            "ChaCha20-Poly1305, Wycheproof 8",
            0x1303,
            key: "bd8ed7fb0d607522f04d0b12d42c92570bccc5ba2486953d70ba2e8193f6225a",
            nonce: "d2ab0abb50a8e9fba25429e1",
            text: "201221",
            sealed: "3cf470a27a69c9d7ee84586f11388c6884e63a"
        ),
        Vector(
            "ChaCha20-Poly1305, Wycheproof 71",
            0x1303,
            key: "6cbfd71c645d184cf5d23c402bdb0d25ec54898c8a0273d42eb5be109fdcb2ac",
            nonce: "d4d807341683825b31cd4d95",
            header: "b3e4064683b02d84",
            text: """
                a98995504df16f748bfb7785ff91eeb3b660ea9ed3450c3d5e7b0e79ef653659a9978d75542ef91c456762215640b9
                """,
            sealed: """
                a1ffed80761829ecce242e0e88b138049016bca018da2b6e19986b3e318cae8d806198fb4c527cc39350ebddeac573c4
                cbf0befda0b70242c640d7cd02d7a3
                """
        ),
        Vector(
            "ChaCha20-Poly1305, Wycheproof 113",
            0x1303,
            key: "0c1e7bebbd5ff8c00827bc862f12154cd59a4fb013446e5022aede44f7670645",
            nonce: "10b7c0942a81d7c644cb35cb",
            header: """
                4e3d056e4d11811c2f3c35a34692cbd0658320859e3ca134420b1c3584d793a62a07f7a48a9fbe9d51a0a87de1010807
                5c5eba2c61407d952b53b3f5f7200b5975146df9a2e902f715b04c01ab759062e35c7b72feac1b1a6c8e69002feb49b1
                ce0b4b1746c6c31c771fd7cdf80d2b076d21d212c3723b939c1c1a72e997bd
                """,
            text: "bd68e65fec0e13228495e18fce6570b7",
            sealed: "c97f89ea1a96aed679b4c836858fba4516e236688142444cb538f4a45647f5cb"
        ),
        Vector(
            "ChaCha20-Poly1305, Wycheproof 134",
            0x1303,
            key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            nonce: "000102030405060708090a0b",
            header: "ffffff7fffffff7fffffff7fffffff7f",
            text: "9a49c48f8b48d7466d1db4653f20f25d4aaa249ddab26bdbc0e218372c339072",
            sealed: """
                ffffff7fffffff7fffffff7fffffff7fffffff7fffffff7fffffff7fffffff7faf8492c792bf8d8062be74ff6efb3869
                """
        ),
    ]
}
