extension MetricsPage {
    func writeStrangers(_ counters: StrangerCounters, to text: inout PrometheusText) {
        text.counter(
            "derp_stranger_seconds_total",
            "Time that loops worked for connections that had not logged in, and for STUN.",
            seconds: counters.time
        )
        text.counter(
            "derp_stranger_delays_total",
            "Pieces of that work that waited, because it had taken its share.",
            counters.delayed
        )
        text.gauge("derp_stranger_waiting", "Pieces of that work that wait now.", counters.waiting)
    }
}
