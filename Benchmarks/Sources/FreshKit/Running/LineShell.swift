import Glibc

/// Runs other programs at the ends of a slow line.
public enum LineShell {
    /// Makes a line, runs a shell command that has it, and returns the command's exit code.
    public static func run(_ command: String, on settings: LineSettings) throws -> Int32 {
        let line = try SlowLine(settings)
        setenv("RELAY_SIDE", "nsenter --net=\(line.relaySide.path)", 1)
        setenv("RECEIVER_SIDE", "nsenter --net=\(line.receiverSide.path)", 1)
        setenv("RELAY_ADDRESS", SlowLine.relayAddress, 1)
        let status = system(command)
        _ = try line.close()
        return status & 0x7f == 0 ? status >> 8 & 0xff : 1
    }
}
