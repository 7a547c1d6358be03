/// Finds the word for "did you mean".
enum Suggestion {
    /// The known word with the fewest typing errors from `word`; nil when every known word differs too much.
    static func nearest(to word: String, among known: [String]) -> String? {
        let candidates = known.compactMap { candidate -> (word: String, slips: Int)? in
            let slipsMax = max(1, candidate.count / 3)
            // This also bounds the time: the comparison is quadratic, and a key can be as long as the file.
            guard abs(candidate.unicodeScalars.count - word.unicodeScalars.count) <= slipsMax else { return nil }
            let slips = Self.slips(from: word.lowercased(), to: candidate.lowercased())
            return slips <= slipsMax ? (candidate, slips) : nil
        }
        return candidates.min { $0.slips < $1.slips }?.word
    }

    /// Counts insertions, deletions, replacements and swaps of neighbours: the optimal string alignment distance.
    static func slips(from a: String, to b: String) -> Int {
        let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var slips = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    slips = min(slips, beforeLast[j - 1] + 1)
                }
                row.append(slips)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
