@testable import DERPKit

/// A message between the process before and the process after can be written, and reads as the same again.
enum TakeoversFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let message = TakeoverMessage(Array(input)) else { return }
        precondition(message.encoded.count <= 128)
        precondition(TakeoverMessage(message.encoded) == message)
        if case .complete(let count) = message { precondition((0...TakeoverMessage.countLimit).contains(count)) }
    }
}
