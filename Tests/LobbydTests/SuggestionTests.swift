import Testing

@testable import lobbyd

@Suite("Suggestions for misspelled words")
struct SuggestionTests {
    @Test(
        "the distance counts added, missing, replaced and swapped characters",
        arguments: [
            ("", "", 0), ("port", "port", 0), ("por", "port", 1), ("portt", "port", 1), ("pert", "port", 1),
            ("prot", "port", 1), ("", "abc", 3), ("kitten", "sitting", 3),
        ]
    )
    func slips(from: String, to: String, count: Int) {
        #expect(Suggestion.slips(from: from, to: to) == count)
        #expect(Suggestion.slips(from: to, to: from) == count)
    }

    @Test(
        "the nearest word is suggested if it is near",
        arguments: [
            ("debgu", "debug"), ("ERROR", "error"), ("eror", "error"), ("inf", "info"), ("trance", "trace"),
            ("verbose", nil), ("", nil),
        ]
    )
    func nearest(word: String, meant: String?) {
        let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        #expect(Suggestion.nearest(to: word, among: levels) == meant)
    }
}
