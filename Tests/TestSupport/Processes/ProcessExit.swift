/// How a process ended.
package enum ProcessExit: Equatable, Sendable {
    case code(Int32)
    case signal(Int32)

    /// Takes apart what `waitpid` reports.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .code((waitStatus >> 8) & 0xff) : .signal(signal)
    }
}
