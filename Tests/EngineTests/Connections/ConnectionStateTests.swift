import EngineSupport
import Testing

@testable import Engine

@Suite("ConnectionState")
struct ConnectionStateTests {
    @Test("the linger time begins when the sending side closes")
    func lingering() {
        let since = Instant(nanoseconds: 5_000)
        let state = ConnectionState.lingering(since: since)
        #expect(!state.hasLingered(for: .nanoseconds(10), at: since + .nanoseconds(9)))
        #expect(state.hasLingered(for: .nanoseconds(10), at: since + .nanoseconds(10)))
        #expect(!ConnectionState.finishing.hasLingered(for: .nanoseconds(0), at: since))
    }

    @Test(
        "each state has the matching close reason",
        arguments: [
            (ConnectionState.open, nil), (.finishing, .shutdown), (.lingering(since: .now()), .shutdown),
            (.leaving, .closedHere), (.closing(.slowConsumer), .slowConsumer),
        ] as [(ConnectionState, CloseReason?)]
    )
    func reasons(state: ConnectionState, reason: CloseReason?) {
        #expect(state.closeReason == reason)
        #expect(state.isOpen == (reason == nil))
    }
}
