import Engine

/// The methods of both `QueuedConnectionReader` and `RecentConnectionReader`: Panda3D's `ConnectionReader`
/// (`connectionReader.cxx`). Any thread.
///
/// The manager's event loops read, whatever the number of threads. The number says how a program asks: with 0 the reader is polled
/// and `waitForReaders` waits for it; with more, other threads may take a datagram between `dataAvailable` and `getData`.
public protocol DatagramReader: AnyObject, Sendable {
    /// Its connections and datagrams; for the methods of this protocol.
    var queue: ReaderQueue { get }
}

extension DatagramReader {
    /// Begins to read a connection, with this reader's header size or raw mode of now. Its earlier datagrams come first.
    ///
    /// - Returns: false when a reader has it already, it was closed, or it is not of this reader's manager. Panda3D
    ///   `connectionReader.cxx` takes closed ones and those of other readers.
    @discardableResult
    public func addConnection(_ connection: Connection) -> Bool { self.queue.add(connection) }

    /// Ceases to read a connection, which stays open. Its queued datagrams stay, and later ones wait for its next
    /// reader.
    ///
    /// - Returns: false when it was not this reader's.
    @discardableResult
    public func removeConnection(_ connection: Connection) -> Bool { self.queue.remove(connection) }

    /// Whether the connection is this reader's and neither closed nor lost.
    public func isConnectionOK(_ connection: Connection) -> Bool {
        self.queue.contains(connection) && connection.link?.isOpen == true
    }

    /// Whether there is a datagram to get. It does not wait.
    public func dataAvailable() -> Bool { self.queue.results.withQueue { !$0.isEmpty } }

    /// The next datagram; nil when there is none, or another thread has taken it.
    public func getData() -> NetDatagram? { self.queue.takeFirst() }

    /// The datagrams as they come. The loop holds the reader.
    public var datagrams: QueuedResults<NetDatagram> {
        QueuedResults(queue: self.queue.results) { self.getData() }
    }

    /// Sets the bytes of the header for connections that are added from now on: 2, the default, 4, or 0 for none.
    ///
    /// - Precondition: `size` is 0, 2 or 4.
    public func setTCPHeaderSize(_ size: Int) { self.queue.withHeader { $0.setSize(size) } }

    /// In bytes.
    public func getTCPHeaderSize() -> Int { self.queue.withHeader { $0.size } }

    /// Makes what one read of the socket returns one datagram, for connections that are added from now on.
    ///
    /// TCP keeps no boundaries: what a peer sent at once may come in several datagrams, and several sends in one. They hold up
    /// to 64 KiB where Panda3D `connectionReader.cxx` has 1,502 bytes; more where it waited for the reader.
    public func setRawMode(_ isRaw: Bool) { self.queue.withHeader { $0.isRaw = isRaw } }

    /// Whether raw mode is on for connections that are added from now on.
    public func getRawMode() -> Bool { self.queue.withHeader { $0.isRaw } }

    /// Whether the reader was made with 0 threads.
    public func isPolling() -> Bool { self.queue.threads <= 0 }

    /// The number that the reader was made with; 0 for a negative one.
    public func getNumThreads() -> Int { max(0, self.queue.threads) }

    /// Whose connections it reads.
    public func getManager() -> QueuedConnectionManager { self.queue.manager }

    /// Lets go of every connection, and ends `datagrams` once what is queued was taken.
    public func shutdown() { self.queue.shut() }
}
