import NIOConcurrencyHelpers
import NIOCore

/// What a `QueuedConnectionManager` shares with its connections, readers and listeners, without keeping the manager alive.
final class QueuedCore: Sendable {
    /// What a polled reader, listener or manager has, for `waitForReaders`.
    struct Sources {
        var threadedCount = 0
        var polled: [ObjectIdentifier: @Sendable () -> Bool] = [:]
    }

    /// Something came for a polled reader or listener, or a connection was reset.
    let arrived: Signal
    /// A connection or a writer's queue can take more.
    let room = Signal()
    let resets: ResultQueue<Connection>
    /// Bytes that may wait for one peer.
    let pendingBytesMax: Int
    /// nil before the first look.
    let interfaces = NIOLockedValueBox<[NetInterface]?>(nil)
    private let sources = NIOLockedValueBox(Sources())

    init(pendingBytesMax: Int) {
        let arrived = Signal()
        self.arrived = arrived
        self.resets = ResultQueue(BoundedQueue(overflow: .dropNewest), arrived: arrived)
        self.pendingBytesMax = pendingBytesMax
    }

    // MARK: Readers and listeners

    /// - Parameter isPolled: false for one with threads, which `waitForReaders` does not wait for.
    func register<Element>(_ queue: ResultQueue<Element>, isPolled: Bool) {
        self.sources.withLockedValue { sources in
            if isPolled {
                sources.polled[ObjectIdentifier(queue)] = { queue.withQueue { !$0.isEmpty } }
            } else {
                sources.threadedCount += 1
            }
        }
    }

    func unregister<Element>(_ queue: ResultQueue<Element>, isPolled: Bool) {
        self.sources.withLockedValue { sources in
            if isPolled { sources.polled[ObjectIdentifier(queue)] = nil } else { sources.threadedCount -= 1 }
        }
    }

    var hasThreaded: Bool { self.sources.withLockedValue { $0.threadedCount > 0 } }

    var hasResults: Bool {
        let polled = self.sources.withLockedValue { Array($0.polled.values) }
        return polled.contains { $0() } || self.resets.withQueue { !$0.isEmpty }
    }

    // MARK: Connections

    /// Reports the end of a connection that this program did not ask for, the first time that it is known.
    func reportReset(_ connection: Connection) {
        guard let link = connection.link, link.takeReset() else { return }
        link.sink?.remove(connection)
        self.resets.append(contentsOf: CollectionOfOne(connection))
    }

    /// - Returns: false when it was closed already or is another manager's.
    func close(_ connection: Connection) -> Bool {
        guard let link = connection.link, link.core === self else { return false }
        let sink = link.sink
        guard link.close(connection) else { return false }
        sink?.remove(connection)
        connection.shard.pipe.post { connection.shard.beginLeaving(connection) }
        return true
    }
}

extension QueuedCore: ConnectionOwner {
    func makeLink() -> ConnectionLink { ConnectionLink(core: self) }

    func connectionOpened(_ connection: Connection) {}

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        connection.link?.ended()
        // Otherwise it is reported once a reader has all that it brought, or a writer finds it ended.
        if connection.intake?.isDrained == true { self.reportReset(connection) }
    }

    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}

    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
}

extension QueuedCore: DatagramReceiver {
    /// Never called: a connection with a link has an intake.
    func datagramsReceived(_ run: DatagramRun, from connection: Connection) {}
}
