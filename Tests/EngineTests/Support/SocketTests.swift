import Testing

/// The engine with real sockets on loopback. The peers block, and a test runner has only few threads: one test at a time.
@Suite("With sockets", .serialized, .timeLimit(.minutes(1)))
enum SocketTests {}
