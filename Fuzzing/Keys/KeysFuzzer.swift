@testable import DERPKit

/// Key files in both forms, mesh keys and the texts of node keys: what is read can be written, and reads as the same
/// again. What is refused isn't shown.
enum KeysFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        do throws(KeyFileText.Problem) {
            let key = try KeyFileText.decode(text)
            for form in [KeyFile.Form.derper, .headscale] {
                let again = try? KeyFileText.decode(KeyFileText.encode(key, as: form))
                precondition(again?.bytes == key.bytes)
            }
            precondition(key.bytes.count == NodePrivateKey.byteCount && "\(key)" == "privkey:<redacted>")
        } catch {
            Lines.check(error.rawValue)
        }
        if let key = MeshKey(text: text) { precondition(MeshKey(text: key.secretText) == key) }
        if let key = NodePublicKey(text: text) {
            precondition(NodePublicKey(text: key.description) == key && NodePublicKey(text: key.hex) == key)
        }
        if let bytes = Hex.decode(text) { precondition(Hex.decode(Hex.encode(bytes)) == bytes) }
    }
}
