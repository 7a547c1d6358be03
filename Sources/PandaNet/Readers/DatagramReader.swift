import Engine

/// The methods of both `QueuedConnectionReader` and `RecentConnectionReader`: Panda3D's `ConnectionReader`
/// (`connectionReader.cxx`). Any thread.
///
/// The manager's event loops read all connections, and a number of threads above 0 creates no threads. With 0 threads
/// the program polls the reader, and `waitForReaders` waits for it. With more threads, `waitForReaders` returns at
/// once. If several threads of the program use the reader, another thread may take a datagram between `dataAvailable`
/// and `getData`.
public protocol DatagramReader: AnyObject, Sendable {
    /// The reader's connections and datagrams, for the methods of this protocol.
    var queue: ReaderQueue { get }
}

extension DatagramReader {
    /// Begins to read a connection, with the reader's current header size or raw mode. Datagrams that arrived before come first.
    ///
    /// - Returns: false if a reader has the connection already, or if the connection is closed or another manager's.
    ///   Panda3D accepts closed connections, and connections of other readers (`connectionReader.cxx`).
    @discardableResult
    public func addConnection(_ connection: Connection) -> Bool { self.queue.add(connection) }

    /// Stops reading a connection, which stays open. Its queued datagrams stay in the queue. Later datagrams wait for its next
    /// reader.
    ///
    /// - Returns: false if the connection is not this reader's.
    @discardableResult
    public func removeConnection(_ connection: Connection) -> Bool { self.queue.remove(connection) }

    /// Whether the connection is this reader's, and is neither closed nor lost.
    public func isConnectionOK(_ connection: Connection) -> Bool {
        self.queue.contains(connection) && connection.link?.isOpen == true
    }

    /// Whether a datagram is in the queue. Returns at once.
    public func dataAvailable() -> Bool { self.queue.results.withQueue { !$0.isEmpty } }

    /// Takes the next datagram from the queue; nil if the queue is empty.
    public func getData() -> NetDatagram? { self.queue.takeFirst() }

    /// The received datagrams, as a sequence for `for await`. A loop over it keeps the reader alive.
    public var datagrams: QueuedResults<NetDatagram> {
        QueuedResults(queue: self.queue.results) { self.getData() }
    }

    /// Sets the size of the header in bytes, for connections that are added later: 2, the default, 4, or 0 for no header.
    ///
    /// - Precondition: `size` is 0, 2 or 4.
    public func setTCPHeaderSize(_ size: Int) { self.queue.withHeader { $0.setSize(size) } }

    /// The size of the header, in bytes.
    public func getTCPHeaderSize() -> Int { self.queue.withHeader { $0.size } }

    /// Sets raw mode, for connections that are added later. In raw mode the bytes of one socket read are one datagram.
    ///
    /// TCP keeps no boundaries: one send of the peer may arrive as several datagrams, and several sends as one datagram. A
    /// datagram has up to 64 KiB, and more if it waited for the reader. In Panda3D `connectionReader.cxx` it has up to 1,502
    /// bytes.
    public func setRawMode(_ isRaw: Bool) { self.queue.withHeader { $0.isRaw = isRaw } }

    /// Whether raw mode is on for connections that are added later.
    public func getRawMode() -> Bool { self.queue.withHeader { $0.isRaw } }

    /// Whether the reader has 0 threads.
    public func isPolling() -> Bool { self.queue.threads <= 0 }

    /// The number of threads that the initializer got; 0 for a negative number.
    public func getNumThreads() -> Int { max(0, self.queue.threads) }

    /// The manager of the connections.
    public func getManager() -> QueuedConnectionManager { self.queue.manager }

    /// Gives up every connection. `datagrams` ends when the queue is empty.
    public func shutdown() { self.queue.shut() }
}
