/// A client that has come: what Panda3D's `getNewConnection` fills in (`queuedConnectionListener.cxx`).
public struct ConnectionArrival: Sendable {
    /// The socket that it came through.
    public let rendezvous: BoundRendezvous
    /// Where the client is.
    public let address: NetAddress
    /// The client, open and not read from until a reader is given it.
    public let connection: Connection
}
