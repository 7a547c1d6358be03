import NIOCore

extension Channel {
    /// The socket under this channel; nil where there is none. On its event loop.
    ///
    /// It may be used until `channelInactive`, and never closed.
    var descriptor: CInt? {
        try? self.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    }
}
