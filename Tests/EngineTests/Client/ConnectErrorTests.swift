import Glibc
import Testing

@testable import Engine

@Suite("Connect error")
struct ConnectErrorTests {
    static let sentences: [(ConnectError, String)] = [
        (
            .nameNotFound(host: "game", port: 9099, code: EAI_NONAME),
            "cannot connect to game:9099: the name was not found: Name or service not known"
        ),
        (
            .refused(host: "game", port: 9099),
            "cannot connect to game:9099: connection refused, the port has no listener"
        ),
        (
            .timedOut(host: "::1", port: 9099, after: .milliseconds(1500)),
            "cannot connect to [::1]:9099: no answer within 1.5 seconds"
        ),
        (.unreachable(host: "game", port: 9099), "cannot connect to game:9099: no route to the host"),
        (.cancelled(host: "game", port: 9099), "cannot connect to game:9099: cancelled"),
        (
            .tooManyLookups(host: "game", port: 9099, limit: 64),
            "cannot connect to game:9099: the limit of 64 name lookups at one time is reached"
        ),
        (
            .tooManyConnections(host: "game", port: 9099, limit: 2),
            "cannot connect to game:9099: the limit of 2 connections is reached"
        ),
        (
            .systemError(host: "game", port: 9099, code: EMFILE),
            "cannot connect to game:9099: Too many open files"
        ),
    ]

    @Test("each error text names the host, the port and the fault", arguments: sentences)
    func description(error: ConnectError, sentence: String) {
        #expect(error.description == sentence)
    }
}
