import AsyncSockets
import Testing

@Suite("Durations as text")
struct DurationTextTests {
    @Test(
        "they are written as people write them, without zeros at the end",
        arguments: [
            (Duration.zero, "0s"), (.seconds(1), "1s"), (.milliseconds(300), "300ms"), (.milliseconds(2500), "2.5s"),
            (.seconds(90), "1m30s"), (.seconds(3600), "1h"), (.seconds(32767), "9h6m7s"), (.seconds(5400), "1h30m"),
            (.seconds(720 * 3600), "720h"), (.microseconds(7), "7µs"), (.microseconds(1_050_000), "1.05s"),
            (.microseconds(12_340), "12.34ms"), (.nanoseconds(999), "0s"),
            (.seconds(3600) + .milliseconds(1), "1h0.001s"),
            (.seconds(-15), "-15s"),
        ]
    )
    func text(duration: Duration, text: String) {
        #expect(duration.text == text)
    }
}
