import NIOConcurrencyHelpers
import NIOCore
import Wire

/// What the kinds of readers have in common: which connections are theirs, how these are framed, and what came.
///
/// It is a reader's own affair; programs use the methods of `DatagramReader`.
public final class DatagramInlet: Sendable {
    /// Payload bytes from which on nothing more is read, however few datagrams they are.
    static let bytesMax = 64 * 1024 * 1024

    struct State {
        var framing = Framing()
        var connections: [ConnectionID: Connection] = [:]
        /// Connections that are not read from until there is room.
        var blocked: [ConnectionID: Connection] = [:]
    }

    let manager: QueuedConnectionManager
    let threads: Int
    let queue: ResultQueue<NetDatagram>
    private let state = NIOLockedValueBox(State())

    init(_ manager: QueuedConnectionManager, threads: Int, overflow: BoundedQueue<NetDatagram>.Overflow) {
        self.manager = manager
        self.threads = threads
        self.queue = ResultQueue(
            BoundedQueue(overflow: overflow, bytesMax: Self.bytesMax) { $0.datagram.byteCount },
            arrived: manager.core.arrived
        )
        manager.core.register(self.queue, isPolled: threads <= 0)
    }

    func withFraming<Result>(_ body: (inout Framing) -> Result) -> Result {
        self.state.withLockedValue { body(&$0.framing) }
    }

    func contains(_ connection: Connection) -> Bool {
        self.state.withLockedValue { $0.connections[connection.id] != nil }
    }

    func add(_ connection: Connection) -> Bool {
        guard let link = connection.link, link.core === self.manager.core, link.attach(self) else { return false }
        let header = self.state.withLockedValue { state in
            state.connections[connection.id] = connection
            return state.framing.header
        }
        connection.shard.pipe.post { connection.intake?.attach(self, header: header, to: connection) }
        return true
    }

    func takeFirst() -> NetDatagram? {
        guard let datagram = self.queue.takeFirst() else { return nil }
        self.resumeReading()
        return datagram
    }

    /// Reads again from the connections that wait, once there is room: one task for each event loop.
    func resumeReading() {
        let waiting = self.state.withLockedValue { state in
            guard !state.blocked.isEmpty, self.queue.withQueue({ $0.isHalfEmpty }) else { return [Connection]() }
            defer { state.blocked = [:] }
            return Array(state.blocked.values)
        }
        for connections in Dictionary(grouping: waiting, by: { ObjectIdentifier($0.shard) }).values {
            connections[0].shard.pipe.post {
                for connection in connections { connection.intake?.resume(connection) }
            }
        }
    }

    /// Lets go of every connection.
    func shut() {
        for connection in self.state.withLockedValue({ Array($0.connections.values) }) { self.remove(connection) }
        self.queue.shut()
    }

    /// The reader is gone.
    func close() {
        self.shut()
        self.manager.core.unregister(self.queue, isPolled: self.threads <= 0)
    }
}

extension DatagramInlet: DatagramSink {
    func take(_ datagrams: [NetDatagram], from connection: Connection) -> Bool {
        self.state.withLockedValue { state in
            guard self.admits(connection, &state) else { return false }
            self.queue.append(contentsOf: datagrams)
            return true
        }
    }

    func admitsRead(of connection: Connection) -> Bool {
        self.state.withLockedValue { self.admits(connection, &$0) }
    }

    private func admits(_ connection: Connection, _ state: inout State) -> Bool {
        guard state.connections[connection.id] != nil else { return false }
        guard self.queue.withQueue({ $0.holdsBack }) else { return true }
        state.blocked[connection.id] = connection
        return false
    }

    @discardableResult
    func remove(_ connection: Connection) -> Bool {
        let wasThere = self.state.withLockedValue { state in
            state.blocked[connection.id] = nil
            return state.connections.removeValue(forKey: connection.id) != nil
        }
        guard wasThere else { return false }
        connection.shard.pipe.post { connection.intake?.detach(self) }
        _ = connection.link?.detach(self)
        return true
    }
}
