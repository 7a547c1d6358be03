/// A client that has come: what Panda3D's `getNewConnection` fills in.
public struct ConnectionArrival: Sendable {
    /// The socket that it came through.
    public let rendezvous: BoundRendezvous
    /// Where the client is.
    public let address: NetAddress
    public let connection: Connection
}
