/// A line chart with one horizontal axis, as SVG.
public struct LinePlot: Sendable {
    /// One line.
    public struct Line: Sendable {
        let name: String
        let points: [(x: Double, y: Double)]

        public init(_ name: String, _ points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points.sorted { $0.x < $1.x }
        }
    }

    /// A named place on the horizontal axis.
    public struct Mark: Sendable {
        let place: Double
        let name: String

        public init(_ place: Double, _ name: String) {
            self.place = place
            self.name = name
        }
    }

    let title: String
    let xTitle: String
    let yTitle: String
    let marks: [Mark]
    let lines: [Line]

    /// - Parameter marks: What the horizontal axis names instead of round numbers.
    public init(_ title: String, x: String, y: String, marks: [Mark] = [], lines: [Line]) {
        self.marks = marks
        self.title = title
        self.xTitle = x
        self.yTitle = y
        self.lines = lines.filter { !$0.points.isEmpty }
    }

    private static let size = (width: 720.0, height: 420.0)
    /// The names at the ends of the horizontal axis stand out by half their width.
    private static let frame = (left: 90.0, right: 44.0, top: 44.0, bottom: 60.0)
    private static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

    /// The SVG document.
    public var svg: String {
        let x = self.xAxis
        let y = Axis(upTo: self.lines.flatMap { $0.points.map(\.y) }.max() ?? 1)
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.size.width)) \(Int(Self.size.height))" \
            font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            """,
            Self.text(Self.size.width / 2, 20, self.title, "middle", "font-size=\"15\""),
            Self.text(Self.size.width / 2, Self.size.height - 14, self.xTitle, "middle"),
            Self.text(14, Self.frame.top - 12, self.yTitle, "start"),
        ]
        let names = self.marks.isEmpty ? x.ticks.map(Report.format) : self.marks.map(\.name)
        for (tick, name) in zip(x.ticks, names) {
            let place = self.place(x: tick, x)
            parts.append(Self.rule(place, Self.frame.top, place, Self.size.height - Self.frame.bottom))
            parts.append(Self.text(place, Self.size.height - Self.frame.bottom + 18, name, "middle"))
        }
        for tick in y.ticks {
            let place = self.place(y: tick, y)
            parts.append(Self.rule(Self.frame.left, place, Self.size.width - Self.frame.right, place))
            parts.append(Self.text(Self.frame.left - 8, place + 4, Report.format(tick), "end"))
        }
        for (index, line) in self.lines.enumerated() { parts += self.drawing(of: line, index, x, y) }
        return parts.joined(separator: "\n") + "\n</svg>\n"
    }

    private var xAxis: Axis {
        let most = self.lines.flatMap { $0.points.map(\.x) }.max() ?? 1
        guard let end = self.marks.map(\.place).max() else { return Axis(upTo: most) }
        return Axis(end: max(end, most), ticks: self.marks.map(\.place))
    }

    private func drawing(of line: Line, _ index: Int, _ x: Axis, _ y: Axis) -> [String] {
        let color = Self.colors[index % Self.colors.count]
        let places = line.points.map { (self.place(x: $0.x, x), self.place(y: $0.y, y)) }
        let list = places.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
        let dots = places.map {
            "<circle cx=\"\(Self.number($0.0))\" cy=\"\(Self.number($0.1))\" r=\"3\" fill=\"\(color)\"/>"
        }
        let labelY = Self.frame.top + 16 + Double(index) * 16
        return ["<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>"] + dots + [
            Self.text(Self.frame.left + 12, labelY, line.name, "start", "fill=\"\(color)\" font-weight=\"bold\"")
        ]
    }

    private func place(x value: Double, _ axis: Axis) -> Double {
        Self.frame.left + value / axis.end * (Self.size.width - Self.frame.left - Self.frame.right)
    }

    private func place(y value: Double, _ axis: Axis) -> Double {
        let height = Self.size.height - Self.frame.top - Self.frame.bottom
        return Self.size.height - Self.frame.bottom - value / axis.end * height
    }
}

extension LinePlot {
    /// An axis from 0 to a round number.
    private struct Axis {
        let end: Double
        let ticks: [Double]

        init(end: Double, ticks: [Double]) {
            self.end = end
            self.ticks = ticks
        }

        init(upTo most: Double) {
            let wanted = max(most, 1e-9) / 5
            var magnitude = 1.0
            while magnitude * 10 <= wanted { magnitude *= 10 }
            while magnitude > wanted { magnitude /= 10 }
            let step = [1, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= wanted } ?? wanted
            let count = Int((most / step).rounded(.up))
            self.end = step * Double(max(count, 1))
            self.ticks = (0...max(count, 1)).map { Double($0) * step }
        }
    }

    private static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }

    private static func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        let ends =
            "x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\""
        return "<line \(ends) stroke=\"#dddddd\"/>"
    }

    private static func text(
        _ x: Double,
        _ y: Double,
        _ text: String,
        _ anchor: String,
        _ attributes: String = ""
    ) -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\""
        return "<text \(place) \(attributes)>\(escaped)</text>"
    }
}
