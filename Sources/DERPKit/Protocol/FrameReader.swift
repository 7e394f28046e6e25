/// Cuts a stream of bytes into frames. A frame that was received completely is handed out in place. Only a frame that
/// is cut is copied aside. Frames that nobody asked for are skipped without being kept.
///
/// Any split of the same bytes gives the same frames.
@_spi(Benchmarks) public struct FrameReader: Sendable {
    /// What to do with a frame, decided by its header alone.
    @_spi(Benchmarks) public enum Verdict: Hashable, Sendable {
        /// Hand out the frame when it is complete.
        case take
        /// Skip the frame unread, whatever its size.
        case skip
        /// The frame breaks the protocol.
        case refuse
    }

    /// The beginning of an incomplete frame.
    private var partial: [UInt8] = []
    /// How much of a skipped frame is still missing.
    private var toSkip = 0

    @_spi(Benchmarks) public init() {}

    /// Whether the next byte begins a frame.
    @_spi(Benchmarks) public var isBetweenFrames: Bool { self.partial.isEmpty && self.toSkip == 0 }

    /// Reads all of `input`.
    ///
    /// - Parameters:
    ///   - judge: Decides by a frame's header. Also called for frames that are skipped.
    ///   - body: Receives each frame's type and payload, valid during the call. `false` stops reading.
    /// - Returns: `false` if a frame was refused or `body` stopped reading. Nothing may be read afterwards.
    @inline(__always)
    @_spi(Benchmarks) public mutating func read(
        _ input: UnsafeRawBufferPointer,
        judge: (FrameHeader) -> Verdict,
        body: (FrameType, UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        guard var next = input.baseAddress else { return true }
        let end = next + input.count
        if self.toSkip > 0 {
            let count = min(self.toSkip, end - next)
            self.toSkip -= count
            next += count
        }
        if !self.partial.isEmpty {
            guard let rest = self.complete(next, end, judge: judge, body: body) else { return false }
            next = rest
        }
        while end - next >= FrameHeader.byteCount {
            let header = FrameHeader(next)
            let count = Int(header.payloadCount)
            let available = end - next - FrameHeader.byteCount
            switch judge(header) {
            case .take:
                guard count <= available else {
                    self.partial = Array(UnsafeRawBufferPointer(start: next, count: end - next))
                    return true
                }
                let payload = UnsafeRawBufferPointer(start: next + FrameHeader.byteCount, count: count)
                guard body(header.type, payload) else { return false }
                next += FrameHeader.byteCount + count
            case .skip:
                let skipped = min(count, available)
                self.toSkip = count - skipped
                next += FrameHeader.byteCount + skipped
            case .refuse:
                return false
            }
        }
        if end > next { self.partial = Array(UnsafeRawBufferPointer(start: next, count: end - next)) }
        return true
    }

    /// Continues with the frame whose beginning was copied aside. Returns where the next one begins, or `nil` when
    /// reading is over.
    private mutating func complete(
        _ start: UnsafeRawPointer,
        _ end: UnsafeRawPointer,
        judge: (FrameHeader) -> Verdict,
        body: (FrameType, UnsafeRawBufferPointer) -> Bool
    ) -> UnsafeRawPointer? {
        var next = start
        let isJudged = self.partial.count >= FrameHeader.byteCount
        self.grow(to: FrameHeader.byteCount, from: &next, end)
        guard self.partial.count >= FrameHeader.byteCount else { return next }
        let header = self.partial.withUnsafeBytes { FrameHeader($0.baseAddress!) }
        let count = Int(header.payloadCount)
        switch isJudged ? .take : judge(header) {
        case .take:
            self.grow(to: FrameHeader.byteCount + count, from: &next, end)
            guard self.partial.count == FrameHeader.byteCount + count else { return next }
            let frame = self.partial
            self.partial = []
            let goesOn = frame.withUnsafeBytes {
                body(header.type, UnsafeRawBufferPointer(rebasing: $0[FrameHeader.byteCount...]))
            }
            return goesOn ? next : nil
        case .skip:
            self.partial = []
            let skipped = min(count, end - next)
            self.toSkip = count - skipped
            return next + skipped
        case .refuse:
            return nil
        }
    }

    private mutating func grow(to count: Int, from next: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
        let taken = min(max(count - self.partial.count, 0), end - next)
        self.partial.append(contentsOf: UnsafeRawBufferPointer(start: next, count: taken))
        next += taken
    }
}
