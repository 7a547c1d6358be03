import Engine
import Wire

/// The connections of one reader, their header settings, and their received datagrams.
///
/// A `ReaderQueue` is a part of its reader. Programs use the methods of `DatagramReader` instead.
public final class ReaderQueue: Sendable {
    /// The bytes of queued payload at which reading stops, even if the queue holds few datagrams.
    static let bytesMax = 64 * 1024 * 1024

    private struct State {
        var header = HeaderSettings()
        var connections: [ConnectionID: Connection] = [:]
        /// The connections that are not read until the queue has room.
        var blocked: [ConnectionID: Connection] = [:]
    }

    let manager: QueuedConnectionManager
    let threads: Int
    let results: ResultQueue<NetDatagram>
    private let state = Locked(State())

    init(_ manager: QueuedConnectionManager, threads: Int, overflow: BoundedQueue<NetDatagram>.Overflow) {
        self.manager = manager
        self.threads = threads
        self.results = ResultQueue(
            BoundedQueue(overflow: overflow, bytesMax: Self.bytesMax) { $0.datagram.byteCount },
            arrived: manager.core.arrived
        )
        manager.core.queues.register(self.results, isPolled: threads <= 0)
    }

    /// Ends the queue, because its reader was released.
    func close() {
        self.shut()
        self.manager.core.queues.unregister(self.results, isPolled: self.threads <= 0)
    }

    func withHeader<Result>(_ body: (inout HeaderSettings) -> Result) -> Result {
        self.state.withLock { body(&$0.header) }
    }

    func takeFirst() -> NetDatagram? {
        guard let datagram = self.results.takeFirst() else { return nil }
        self.resumeReading()
        return datagram
    }

    /// Gives up every connection and shuts the queue.
    func shut() {
        for connection in self.state.withLock({ Array($0.connections.values) }) { self.remove(connection) }
        self.results.shut()
    }
}

// MARK: - Its connections

extension ReaderQueue {
    func contains(_ connection: Connection) -> Bool {
        self.state.withLock { $0.connections[connection.id] != nil }
    }

    func add(_ connection: Connection) -> Bool {
        guard let link = connection.link, link.core === self.manager.core, link.attach(self) else { return false }
        let framing = self.state.withLock { state in
            state.connections[connection.id] = connection
            return state.header.framing
        }
        connection.onEventLoop { link.startReading(self, framing: framing, of: connection) }
        return true
    }

    /// - Returns: false if the connection is not this reader's.
    @discardableResult
    func remove(_ connection: Connection) -> Bool {
        let wasThere = self.state.withLock { state in
            state.blocked[connection.id] = nil
            return state.connections.removeValue(forKey: connection.id) != nil
        }
        guard wasThere, let link = connection.link else { return false }
        connection.onEventLoop { link.receiver?.detach(self) }
        link.detach(self)
        return true
    }

    /// Reads the blocked connections again if the queue has room, with one task for each event loop.
    func resumeReading() {
        let waiting = self.state.withLock { state in
            guard !state.blocked.isEmpty, self.results.withQueue({ $0.isHalfEmpty }) else { return [Connection]() }
            defer { state.blocked = [:] }
            return Array(state.blocked.values)
        }
        for connections in Dictionary(grouping: waiting, by: \.eventLoopIndex).values {
            connections[0].onEventLoop {
                for connection in connections { connection.link?.resumeReading(of: connection) }
            }
        }
    }
}

// MARK: - From event loops

extension ReaderQueue {
    /// Queues datagrams, in order.
    ///
    /// - Returns: false if the connection is not this reader's, or if the queue is full. The queue is then unchanged. In the second
    ///   case the connection is read again when the queue has room.
    func take(_ datagrams: [NetDatagram], from connection: Connection) -> Bool {
        self.state.withLock { state in
            guard self.admits(connection, &state) else { return false }
            self.results.append(contentsOf: datagrams)
            return true
        }
    }

    /// Whether the connection may be read now. If the queue is full, the connection is read again when the queue has room.
    func admitsRead(of connection: Connection) -> Bool {
        self.state.withLock { self.admits(connection, &$0) }
    }

    private func admits(_ connection: Connection, _ state: inout State) -> Bool {
        guard state.connections[connection.id] != nil else { return false }
        guard self.results.withQueue({ $0.holdsBack }) else { return true }
        state.blocked[connection.id] = connection
        return false
    }
}
