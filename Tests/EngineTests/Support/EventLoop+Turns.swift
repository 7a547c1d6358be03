import Testing

@testable import Engine

extension EventLoop {
    /// Runs turns until something has happened: the kernel may take its time to bring it.
    func run(until hasHappened: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = Instant.now() + .seconds(10)
        while !hasHappened() {
            self.runTurn()
            try #require(Instant.now() < deadline, "it does not happen", sourceLocation: sourceLocation)
        }
    }
}
