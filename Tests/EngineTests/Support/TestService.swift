import Wire

@testable import Engine

/// A service that calls one closure on each event loop.
struct TestService: ServiceProvider {
    let body: @Sendable (DatagramRun, Connection) -> Void
    /// Whether the closure gets each datagram as a run of its own.
    let isInParts: Bool

    init(isInParts: Bool = false, _ body: @escaping @Sendable (DatagramRun, Connection) -> Void) {
        self.body = body
        self.isInParts = isInParts
    }

    func makeService(eventLoopIndex: Int) -> any Service { OnLoop(self) }

    private final class OnLoop: Service {
        private let provider: TestService

        init(_ provider: TestService) {
            self.provider = provider
        }

        func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
            guard self.provider.isInParts else {
                self.provider.body(run, connection)
                return run.bytes.count - connection.heldBackBytes
            }
            var taken = 0
            for _ in 0..<partsMax where taken < run.bytes.count {
                let end = taken + run.framing.frameBytes(in: run.bytes, at: taken)
                let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[taken..<end])
                self.provider.body(DatagramRun(bytes: bytes, datagramCount: 1, framing: run.framing), connection)
                taken = end
            }
            return taken
        }
    }

    static let echo = TestService { run, connection in connection.send(run) }
    static let broadcast = TestService { run, connection in connection.broadcast(run, includingSender: true) }
    static let broadcastToOthers = TestService { run, connection in connection.broadcast(run, includingSender: false) }

    /// Echoes payloads that begin with 0, and broadcasts all others to everyone but the sender, one by one.
    static let byFirstByte = TestService { run, connection in
        var offset = 0
        while offset < run.bytes.count {
            let end = offset + run.framing.frameBytes(in: run.bytes, at: offset)
            let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[offset..<end])
            let single = DatagramRun(bytes: bytes, datagramCount: 1, framing: run.framing)
            if run.payload(at: offset).first == 0 {
                connection.send(single)
            } else {
                connection.broadcast(single, includingSender: false)
            }
            offset = end
        }
    }
}
