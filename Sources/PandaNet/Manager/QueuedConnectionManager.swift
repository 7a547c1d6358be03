import Engine

/// Opens and closes connections, and queues those that were lost: Panda3D's `QueuedConnectionManager`. Any thread but an
/// event loop's.
///
/// Its readers, listeners and writers hold it. When the last of them and the manager itself are gone, its connections are
/// closed, after what was sent on them has left, within `drain`.
public final class QueuedConnectionManager: Sendable {
    /// How long connections may take to end when the manager goes away.
    static let drain = Duration.seconds(1)

    let engine: ConnectionManager
    let core: QueuedCore
    /// Its rendezvous sockets.
    let rendezvous = Locked<[ObjectIdentifier: RendezvousArrivals]>([:])
    /// The interfaces of this machine; nil before the first look.
    let interfaces = Locked<[NetInterface]?>(nil)

    /// - Parameters:
    ///   - eventLoops: threads that move datagrams, at least 1.
    ///   - datagramBytesMax: payload bytes of one incoming datagram. A header that says more ends its connection, and it is
    ///     queued as a reset; Panda3D has no such limit.
    ///   - pendingBytesMax: bytes that may wait for one peer before a `ConnectionWriter` with 0 threads waits for it.
    public init(eventLoops: Int = 1, datagramBytesMax: Int = 16 * 1024 * 1024, pendingBytesMax: Int = 256 * 1024) {
        self.engine = ConnectionManager(eventLoops: eventLoops, limits: .off(datagramBytes: datagramBytesMax))
        self.core = QueuedCore(datagramBytesMax: datagramBytesMax, pendingBytesMax: pendingBytesMax)
    }

    deinit {
        let engine = self.engine
        for arrivals in self.allArrivals { arrivals.close() }
        engine.closeConnections(drain: Self.drain).whenSet { _ in
            Task { try? await engine.shutDown() }
        }
    }
}
