import CAsyncSockets
import CDERPOpenSSL

/// OpenSSL's ciphers for the keys of a loop's connections, 1.1 KiB each.
///
/// A key gets a cipher when it is used, and keeps it until another key needs one and this one has not been used for a
/// tenth of a second. So there are about as many ciphers as there are keys in use at the same time, and an idle
/// connection has none. Setting a key again costs a third of a microsecond. Confined to the loop.
package final class CipherPool {
    /// A cipher, and whose key it has.
    struct Cipher {
        let context: OpaquePointer
        fileprivate(set) var holder: UnsafeRawPointer?
        fileprivate var lastUse: UInt32
    }

    /// Their addresses don't change.
    private var ciphers: [[UnsafeMutablePointer<Cipher>]] = Array(repeating: [], count: TLSCipherSuite.count)
    /// Where to look first for one that isn't used, in each of them.
    private var hands = Array(repeating: 0, count: TLSCipherSuite.count)
    @exclusivity(unchecked) private var period: UInt32 = 2
    private var periodEnd: UInt64 = 0

    /// In nanoseconds.
    private static let periodLength: UInt64 = 100_000_000
    /// How many ciphers are looked at before a new one is made.
    private static let mostLooks = 16

    private let readClock: () -> UInt64

    /// - Parameter readClock: The time in nanoseconds.
    init(readClock: @escaping () -> UInt64 = cas_monotonic_nanoseconds) { self.readClock = readClock }

    deinit {
        for cipher in self.ciphers.joined() {
            EVP_CIPHER_CTX_free(cipher.pointee.context)
            cipher.deallocate()
        }
    }

    /// The number of ciphers.
    var count: Int { self.ciphers.reduce(0) { $0 + $1.count } }

    /// Notes that a key uses the cipher that it has.
    @inline(__always)
    func noteUse(of cipher: UnsafeMutablePointer<Cipher>) { cipher.pointee.lastUse = self.period }

    /// Returns a cipher for the key of `holder`, or `nil` if there is no memory. The key is to be set.
    func take(_ suite: TLSCipherSuite, for holder: UnsafeRawPointer, key: UnsafePointer<UInt8>, encrypts: Bool)
        -> UnsafeMutablePointer<Cipher>?
    {
        let direction: Int32 = encrypts ? 1 : 0
        if let unused = self.findUnused(suite.index) {
            unused.pointee.holder = nil
            guard cas_aead_set_key(unused.pointee.context, key, direction) == 1 else { return nil }
            unused.pointee.holder = holder
            self.noteUse(of: unused)
            return unused
        }
        guard let context = cas_aead_new(suite.cipher, key, direction) else { return nil }
        let new = UnsafeMutablePointer<Cipher>.allocate(capacity: 1)
        new.initialize(to: Cipher(context: context, holder: holder, lastUse: self.period))
        self.ciphers[suite.index].append(new)
        return new
    }

    private func findUnused(_ index: Int) -> UnsafeMutablePointer<Cipher>? {
        let now = self.readClock()
        if now >= self.periodEnd {
            self.period &+= 1
            self.periodEnd = now + Self.periodLength
        }
        let count = self.ciphers[index].count
        for _ in 0..<min(count, Self.mostLooks) {
            let cipher = self.ciphers[index][self.hands[index]]
            self.hands[index] = (self.hands[index] + 1) % count
            if self.period &- cipher.pointee.lastUse > 1 { return cipher }
        }
        return nil
    }

    /// Forgets the key in a cipher whose holder doesn't need it any more.
    func giveBack(_ cipher: UnsafeMutablePointer<Cipher>) {
        cipher.pointee.holder = nil
        cipher.pointee.lastUse = self.period &- 2
        let zeros = [UInt8](repeating: 0, count: Int(CAS_LARGEST_KEY))
        _ = cas_aead_set_key(cipher.pointee.context, zeros, 0)
    }
}
