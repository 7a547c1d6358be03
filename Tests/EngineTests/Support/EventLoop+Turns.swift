import Testing

@testable import Engine

extension EventLoop {
    /// Runs turns until the condition holds, for at most 10 seconds. The kernel may deliver events late.
    func run(until hasHappened: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = Instant.now() + .seconds(10)
        while !hasHappened() {
            self.runTurn()
            try #require(Instant.now() < deadline, "it does not happen", sourceLocation: sourceLocation)
        }
    }
}
