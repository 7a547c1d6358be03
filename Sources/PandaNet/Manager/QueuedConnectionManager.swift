import Engine

/// Opens and closes connections, and queues the lost ones: Panda3D's `QueuedConnectionManager`. Any thread but an event
/// loop's.
///
/// Its readers, listeners and writers keep the manager alive. When the program has released all of them and the manager itself,
/// the manager's connections are closed. Datagrams that were sent before still leave, within `drain`.
public final class QueuedConnectionManager: Sendable {
    /// The time for which connections may still send after the manager was released.
    static let drain = Duration.seconds(1)

    let engine: ConnectionManager
    let core: QueuedCore
    /// Its rendezvous sockets.
    let rendezvous = Locked<[ObjectIdentifier: RendezvousArrivals]>([:])
    /// The interfaces of this machine; nil before they are read for the first time.
    let interfaces = Locked<[NetInterface]?>(nil)

    /// - Parameters:
    ///   - eventLoops: the number of threads that move datagrams, at least 1.
    ///   - datagramBytesMax: the longest payload of an incoming datagram, in bytes. A longer one closes its connection, which is
    ///     queued as lost. Panda3D has no such limit.
    ///   - pendingBytesMax: the bytes that may be queued for one peer. A `ConnectionWriter` with 0 threads waits while a datagram
    ///     would exceed them.
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
