import Testing

/// The engine with real sockets on loopback. The tests run one at a time, because their peers block and a test runner
/// has few threads.
@Suite("With sockets", .serialized, .timeLimit(.minutes(1)))
enum SocketTests {}
