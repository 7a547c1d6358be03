import Testing
import Wire

@testable import Engine

/// A UDP socket that, like a real one, keeps pointers to its records until the flush.
// @unchecked: only the test's thread uses it.
final class FakeUDPSocket: DatagramSocket, @unchecked Sendable {
    let counts = UDPCounts()
    private(set) var flushCount = 0
    /// Called before each connection's records are queued.
    var willSend: () -> Void = {}
    fileprivate var waiting: [(peer: FakeUDPPeer, records: UnsafeRawBufferPointer, copy: [UInt8])] = []

    func flushOutput() {
        guard !self.waiting.isEmpty else { return }
        self.flushCount += 1
        for (peer, records, copy) in self.waiting {
            // Memory that another turn reused would hold other bytes now.
            if Array(records) != copy { Issue.record("records changed before the flush") }
            peer.sends.append(copy)
        }
        self.waiting = []
    }
}

/// The other end of a UDP connection.
final class FakeUDPPeer: DatagramTransmitter {
    private let socket: FakeUDPSocket
    unowned var connection: Connection!
    fileprivate(set) var sends: [[UInt8]] = []

    init(_ socket: FakeUDPSocket) {
        self.socket = socket
    }

    override func send(_ records: UnsafeRawBufferPointer) {
        self.socket.willSend()
        self.socket.waiting.append((self, records, Array(records)))
    }

    override func close() { self.connection.shard.ended(self.connection) }

    func takeSends() -> [[UInt8]] {
        defer { self.sends = [] }
        return self.sends
    }
}
