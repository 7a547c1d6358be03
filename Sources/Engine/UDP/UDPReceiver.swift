import NIOCore

/// What becomes of what a UDP socket receives, and who knows about its life. On the socket's event loop.
protocol UDPReceiver: Sendable {
    /// The bytes hold only until it returns.
    ///
    /// - Parameter local: the address of this machine that the answer is to leave from; nil where the system chooses.
    func datagramReceived(_ payload: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?)
    /// The system closed the socket; it is bound again soon.
    func socketLost()
    func socketReopened()
    /// It was closed for good.
    func socketEnded()
}

/// A receiver that only wants the datagrams.
struct UDPClosureReceiver: UDPReceiver {
    let received: @Sendable (UnsafeRawBufferPointer, NetAddress) -> Void

    func datagramReceived(_ payload: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {
        if let address = NetAddress(source) { self.received(payload, address) }
    }

    func socketLost() {}
    func socketReopened() {}
    func socketEnded() {}
}
