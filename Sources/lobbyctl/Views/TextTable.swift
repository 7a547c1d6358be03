/// A table with titles. Each column is as wide as its longest cell, unless the lines would be too long.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
        /// Whether the column may lose characters when the lines are too long.
        var isFlexible = false
    }

    /// The least width of a flexible column.
    static let flexibleWidthMin = 8
    static let gap = "  "

    let columns: [Column]
    /// One cell for each column.
    let rows: [[String]]

    /// The titles, then the rows. Control characters are escaped.
    ///
    /// - Parameter width: characters in a line; nil for no limit.
    func lines(width: Int?) -> [String] {
        let cells = ([self.columns.map(\.title)] + self.rows).map { $0.map(\.withoutControls) }
        var widths = self.columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        if let width { self.fit(&widths, into: width) }
        return cells.map { row in
            let line = zip(row, widths).enumerated().map { index, cell in self.cell(cell.0, cell.1, self.columns[index])
            }
            return line.joined(separator: Self.gap).trimmingEnd().clipped(to: width ?? .max)
        }
    }

    private func cell(_ text: String, _ width: Int, _ column: Column) -> String {
        let text = column.isFlexible ? text.squeezed(to: width) : text
        return column.isNumber ? text.indented(to: width) : text.padded(to: width)
    }

    /// Narrows the widest flexible column, one character at a time, until the lines fit or each is at its least width.
    private func fit(_ widths: inout [Int], into width: Int) {
        var excess = widths.reduce(0, +) + Self.gap.count * (widths.count - 1) - width
        while excess > 0 {
            let flexible = widths.indices.filter { self.columns[$0].isFlexible && widths[$0] > Self.flexibleWidthMin }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        String(self.reversed().drop { $0 == " " }.reversed())
    }
}
