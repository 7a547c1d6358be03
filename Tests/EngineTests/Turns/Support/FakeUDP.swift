import Testing
import Wire

@testable import Engine

/// A UDP socket that keeps where its records are until its output is flushed, as a real one does.
// @unchecked: of one test's thread.
final class FakeUDPSocket: DatagramSocket, @unchecked Sendable {
    let counts = UDPCounts()
    private(set) var flushCount = 0
    /// Called for each connection that is sent something.
    var willSend: () -> Void = {}
    fileprivate var waiting: [(peer: FakeUDPPeer, records: UnsafeRawBufferPointer, copy: [UInt8])] = []

    func flushOutput() {
        guard !self.waiting.isEmpty else { return }
        self.flushCount += 1
        for (peer, records, copy) in self.waiting {
            // Memory that has gone to another turn holds other bytes by now.
            if Array(records) != copy { Issue.record("records that changed before the flush") }
            peer.sends.append(copy)
        }
        self.waiting = []
    }
}

/// The other end of a connection over UDP.
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
