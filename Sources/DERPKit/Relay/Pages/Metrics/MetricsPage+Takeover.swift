extension MetricsPage {
    func writeTakeover(to text: inout PrometheusText) {
        let counts = self.takeovers.counts
        text.gauge("derp_takeover_inherited_sockets", "Sockets that the process before handed over.", counts.inherited)
        text.counter(
            "derp_takeovers_total",
            "Processes that wanted to take over, by what came of it.",
            [(counts.completed, [("result", "completed")]), (counts.refused, [("result", "refused")])]
        )
    }
}
