import EngineSupport
import Testing

@testable import Engine

extension SocketTests {
    /// Exercises all communication between event loops at the same time, for ThreadSanitizer.
    @Suite("Churn")
    struct ChurnTests {
        static let eventLoops = 4
        static let threads = 8
        static let visits = 40
        /// The number of connections that close before the test ends.
        static let guests = threads * visits + ProofChurn.proofs

        private static let rendezvous = [
            Rendezvous(host: "127.0.0.1", port: 0),
            Rendezvous(name: "udp", host: "127.0.0.1", port: 0, transport: .udp),
        ]

        @Test("no connection is left after clients come and go in all ways while limits change and others broadcast")
        func churn() async throws {
            try await TestEngine.run(
                .broadcast,
                rendezvous: Self.rendezvous,
                limits: .off(datagramBytes: 65_535),
                eventLoops: Self.eventLoops
            ) { engine in
                let registry = engine.manager.registry
                let stayers = try await engine.peers(Self.eventLoops)
                let visitors = Visitors(port: engine.port(), threads: Self.threads, visits: Self.visits)
                let numbers = NumberedStream(from: stayers[0], to: stayers)
                let proofs = try ProofChurn(port: engine.port(), udpPort: engine.port(1), registry: registry)
                while !(visitors.areDone && numbers.isDone && proofs.isDone) {
                    try await Self.changeEverything(engine)
                }
                #expect(visitors.failures == [])
                #expect(numbers.faults == [])
                #expect(proofs.faults == [])
                // A peer that resets before the accept has no connection.
                let gone = await engine.events.closedOrGone(Self.guests)
                let closed = await engine.events.closed(Self.guests - gone)
                #expect(closed.allSatisfy { [.peerClosed, .peerReset, .slowConsumer].contains($0) })
                // The UDP connection of the last proof stays open for a while.
                #expect(registry.count == stayers.count + 1)
                #expect(try await registry.counts().get().opened == stayers.count + Self.guests - gone + 1)
            }
        }

        /// Makes the changes of a reload, and the queries of an administrator.
        private static func changeEverything(_ engine: TestEngine) async throws {
            let rendezvous = engine.rendezvous.map { bound in
                var terms = bound.rendezvous
                terms.name += "+"
                terms.backlog += 1
                return bound.becoming(terms)
            }
            let update = ManagerUpdate(
                // A peer that has received all its numbers stops reading, so these limits leave room for its data.
                limits: Limits(
                    datagramBytes: .random(in: 1_000...65_535),
                    pendingBytes: .random(in: 4...8) << 20,
                    pendingDatagrams: nil
                ),
                coalesce: .milliseconds(.random(in: 0...2)),
                rendezvous: rendezvous
            )
            let registry = engine.manager.registry
            try await engine.manager.update(update).get()
            try await registry.visit { _ = $0.rendezvous?.name }.get()
            _ = try await registry.counts().get()
        }
    }
}

/// Threads that connect, send, and close or reset the connection.
private final class Visitors: Sendable {
    private let running: Locked<Int>
    private let failed = Locked<[String]>([])

    init(port: Int, threads: Int, visits: Int) {
        self.running = Locked(threads)
        for thread in 0..<threads {
            start {
                for visit in 0..<visits { self.visit(port, number: thread + visit) }
                self.running.withLock { $0 -= 1 }
            }
        }
    }

    var areDone: Bool { self.running.withLock { $0 == 0 } }
    var failures: [String] { self.failed.withLock { $0 } }

    private func visit(_ port: Int, number: Int) {
        do {
            let isStuck = number % 5 == 0
            let peer = try Peer(port: port, receiveBufferBytes: isStuck ? 4096 : nil)
            let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 300)
            for _ in 0..<20 { try peer.send(payload) }
            switch number % 3 {
            case 0: peer.abort()
            case 1: peer.shutWriting()
            // The system resets a connection that is closed while bytes are unread.
            default: _ = try isStuck ? [] : peer.receive(1)
            }
        } catch {
            self.failed.withLock { $0.append("visit \(number): \(error)") }
        }
    }
}

/// Sends numbered datagrams from one peer to all, and checks their order at each.
private final class NumberedStream: Sendable {
    static let count = 500
    private let running: Locked<Int>
    private let found = Locked<[String]>([])

    init(from sender: Peer, to receivers: [Peer]) {
        self.running = Locked(receivers.count + 1)
        start {
            self.run { for number in 0..<Self.count { try sender.send(Self.payload(number)) } }
        }
        for receiver in receivers {
            start {
                self.run { for number in 0..<Self.count { try Self.await(number, at: receiver) } }
            }
        }
    }

    var isDone: Bool { self.running.withLock { $0 == 0 } }
    var faults: [String] { self.found.withLock { $0 } }

    private func run(_ body: () throws -> Void) {
        do { try body() } catch { self.found.withLock { $0.append("\(error)") } }
        self.running.withLock { $0 -= 1 }
    }

    /// The first byte, 255, distinguishes these payloads from those of the visitors.
    private static func payload(_ number: Int) -> [UInt8] { [255, UInt8(number >> 8), UInt8(number & 255)] }

    private static func await(_ number: Int, at receiver: Peer) throws {
        while true {
            let payload = try receiver.receive(1)[0]
            guard payload[0] == 255 else { continue }
            guard payload == Self.payload(number) else { throw OutOfOrder(payload: payload, expected: number) }
            return
        }
    }

    private struct OutOfOrder: Error {
        var payload: [UInt8]
        var expected: Int
    }
}

private func start(_ body: @escaping @Sendable () -> Void) {
    #expect(DetachedThread.run(body) == 0)
}
