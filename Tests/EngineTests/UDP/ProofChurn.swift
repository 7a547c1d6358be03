import EngineSupport

@testable import Engine

/// An address that sends over UDP all the time, while the TCP connection that proves it opens and closes again and
/// again.
final class ProofChurn: Sendable {
    static let host = "127.0.0.2"
    static let proofs = 30
    private static let patience = Duration.seconds(20)

    private struct NeverNoticed: Error {
        var unprovenCount: Int
    }

    private let registry: ConnectionRegistry
    private let socket: UDPPeerSocket
    private let udpPort: Int
    private let state = Locked<(isDone: Bool, faults: [String])>((false, []))

    /// - Parameter registry: a registry without other UDP connections.
    init(port: Int, udpPort: Int, registry: ConnectionRegistry) throws {
        self.registry = registry
        self.udpPort = udpPort
        self.socket = try UDPPeerSocket(host: Self.host)
        let error = DetachedThread.run {
            do { try self.proveAgainAndAgain(port) } catch { self.state.withLock { $0.faults.append("\(error)") } }
            self.state.withLock { $0.isDone = true }
        }
        if error != 0 { throw PeerError.refused(error) }
    }

    var isDone: Bool { self.state.withLock { $0.isDone } }
    var faults: [String] { self.state.withLock { $0.faults } }

    private func proveAgainAndAgain(_ port: Int) throws {
        try self.talk(untilUnprovenCountIs: 1)
        for _ in 0..<Self.proofs {
            let proof = try Peer(port: port, source: Self.host)
            try self.talk(untilUnprovenCountIs: 0)
            proof.shutWriting()
            try self.talk(untilUnprovenCountIs: 1)
        }
    }

    private func talk(untilUnprovenCountIs count: Int) throws {
        let deadline = Instant.now() + Self.patience
        repeat {
            try self.socket.send([254], to: self.udpPort)
            // The broadcast returns to its sender, proven or not, unless it is lost.
            self.socket.wait(milliseconds: 10)
            _ = self.socket.drain()
            guard .now() < deadline else { throw NeverNoticed(unprovenCount: self.unprovenCount) }
        } while self.unprovenCount != count
    }

    private var unprovenCount: Int { self.registry.roster.admission.look { $0.unprovenCount } }
}
