import Testing

@testable import lobbyd

@Suite("Status line of the service manager")
struct DaemonStatusTests {
    @Test(
        "the status line uses the singular after 1 and the plural after other numbers",
        arguments: [
            (0, 1, "0 connections on 1 listener"), (1, 2, "1 connection on 2 listeners"),
            (340, 2, "340 connections on 2 listeners"),
        ]
    )
    func text(connections: Int, listeners: Int, expected: String) {
        #expect(RunningRelay.status(connections: connections, listeners: listeners) == expected)
    }
}
