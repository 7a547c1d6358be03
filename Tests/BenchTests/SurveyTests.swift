import Testing

@testable import Bench

struct SurveyTests {
    private func verdict(_ asked: Reach?, heardBy: [Int], after: UInt64, connections: Int = 3) -> Survey.Verdict {
        var survey = Survey(connections: connections, asked: asked, now: 1000)
        for connection in heardBy { survey.heard(by: connection, at: 1000) }
        return survey.verdict(at: 1000 + after)
    }

    struct Case: Sendable {
        let heardBy: [Int]
        let after: UInt64
        let verdict: Survey.Verdict

        init(_ heardBy: [Int], after: UInt64, _ verdict: Survey.Verdict) {
            (self.heardBy, self.after, self.verdict) = (heardBy, after, verdict)
        }
    }

    static let unknownCases = [
        Case([0, 1, 2], after: 0, .begin(.broadcast)),
        Case([0], after: Survey.settled, .begin(.echo)),
        Case([0], after: Survey.settled - 1, .goOn),
        Case([1, 2], after: Survey.settled, .begin(.others)),
        Case([0, 2], after: Survey.settled, .begin(.broadcast)),
        Case([], after: Survey.patience, .silence),
        Case([], after: Survey.patience - 1, .goOn),
    ]

    @Test("the receivers of the probes reveal the server's route", arguments: unknownCases)
    func unknown(_ example: Case) {
        #expect(self.verdict(nil, heardBy: example.heardBy, after: example.after) == example.verdict)
    }

    static let broadcastCases = [
        Case([0, 1], after: Survey.settled, .goOn),
        Case([0, 1, 2], after: 0, .begin(.broadcast)),
        Case([0, 1], after: Survey.patience, .begin(.broadcast)),
        Case([], after: Survey.patience - 1, .goOn),
    ]

    @Test(
        "if a broadcast is expected, the run begins when all are reached, or after a time limit",
        arguments: broadcastCases
    )
    func broadcast(_ example: Case) {
        #expect(self.verdict(.broadcast, heardBy: example.heardBy, after: example.after) == example.verdict)
    }

    @Test("the survey waits only for the receivers of the expected route")
    func otherReaches() {
        #expect(self.verdict(.others, heardBy: [1, 2], after: 0) == .begin(.others))
        #expect(self.verdict(.others, heardBy: [1], after: 0) == .goOn)
        #expect(self.verdict(.echo, heardBy: [0], after: 0) == .begin(.echo))
        #expect(self.verdict(.echo, heardBy: [], after: 0) == .goOn)
        #expect(self.verdict(.echo, heardBy: [], after: Survey.patience) == .begin(.echo))
    }

    @Test("a second probe at the same connection adds no information")
    func sameConnection() {
        var survey = Survey(connections: 2, asked: nil, now: 0)
        survey.heard(by: 0, at: 0)
        survey.heard(by: 0, at: Survey.settled)
        #expect(survey.verdict(at: Survey.settled) == .begin(.echo))
    }
}
