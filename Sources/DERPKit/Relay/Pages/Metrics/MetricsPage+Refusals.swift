extension MetricsPage {
    func writeRefusals(_ counters: RelayCounters, held: Int, to text: inout PrometheusText) {
        text.gauge("derp_refused_held", "Connections of refused clients that are held.", held)
        text.counter(
            "derp_refused_ended_total",
            "Connections of refused clients that ended, by what became of them.",
            RefusalEnd.allCases.map { (counters.refusalEnds[$0], [("end", $0.label)]) }
        )
    }
}
