import NIOCore
import Wire

/// What `QueuedConnectionReader` and `RecentConnectionReader` can both do: Panda3D's `ConnectionReader`
/// (`connectionReader.cxx`). Any thread.
///
/// The manager's event loops read, whatever the number of threads. It says how a program asks: with 0 the reader is polled
/// and `waitForReaders` waits for it; with more, other threads may take a datagram between `dataAvailable` and `getData`.
public protocol DatagramReader: AnyObject, Sendable {
    /// What it reads into; for the methods of this protocol.
    var inlet: DatagramInlet { get }
}

extension DatagramReader {
    /// Begins to read a connection, with this reader's header size or raw mode of now. What it had brought before comes first.
    ///
    /// - Returns: false when a reader has it already, it was closed, or it is not of this reader's manager. Panda3D
    ///   `connectionReader.cxx` takes closed ones and those of other readers.
    @discardableResult
    public func addConnection(_ connection: Connection) -> Bool { self.inlet.add(connection) }

    /// Ceases to read a connection, which stays open. Nothing more of it is queued; what is queued already stays, and what it
    /// brings from now on waits for its next reader.
    ///
    /// - Returns: false when it was not this reader's.
    @discardableResult
    public func removeConnection(_ connection: Connection) -> Bool { self.inlet.remove(connection) }

    /// Whether the connection is this reader's and neither closed nor lost.
    public func isConnectionOK(_ connection: Connection) -> Bool {
        self.inlet.contains(connection) && connection.link?.isOpen == true
    }

    /// Whether there is a datagram to get. It does not wait.
    public func dataAvailable() -> Bool { self.inlet.queue.withQueue { !$0.isEmpty } }

    /// The next datagram; nil when there is none, or another thread has taken it.
    public func getData() -> NetDatagram? { self.inlet.takeFirst() }

    /// The datagrams as they come. The loop holds the reader.
    public var datagrams: QueuedResults<NetDatagram> {
        QueuedResults(queue: self.inlet.queue) { self.getData() }
    }

    /// Sets the bytes of the header for connections that are added from now on: 2, the default, 4, or 0 for none.
    ///
    /// - Precondition: `size` is 0, 2 or 4.
    public func setTCPHeaderSize(_ size: Int) { self.inlet.withFraming { $0.setHeaderSize(size) } }

    /// In bytes.
    public func getTCPHeaderSize() -> Int { self.inlet.withFraming { $0.headerSize } }

    /// Makes what one read of the socket returns one datagram, for connections that are added from now on.
    ///
    /// TCP keeps no boundaries: what a peer sent at once may come in several datagrams, and several sends in one. They hold up
    /// to 64 KiB where Panda3D `connectionReader.cxx` has 1,502 bytes; more where it waited for the reader.
    public func setRawMode(_ isRaw: Bool) { self.inlet.withFraming { $0.isRaw = isRaw } }

    /// Whether raw mode is on for connections that are added from now on.
    public func getRawMode() -> Bool { self.inlet.withFraming { $0.isRaw } }

    /// Whether the reader was made with 0 threads.
    public func isPolling() -> Bool { self.inlet.threads <= 0 }

    /// The number that the reader was made with; 0 for a negative one.
    public func getNumThreads() -> Int { max(0, self.inlet.threads) }

    /// Whose connections it reads.
    public func getManager() -> QueuedConnectionManager { self.inlet.manager }

    /// Lets go of every connection, and ends `datagrams` once what is queued was taken.
    public func shutdown() { self.inlet.shut() }
}
