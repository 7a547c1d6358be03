/// The descriptors that the engine opens before its first client.
package enum EngineNeeds {
    /// The epoll set and the eventfd that wakes it.
    static let descriptorsPerEventLoop = 2
    /// The TCP socket and a copy of it. If the system closes the socket, the listener reopens it from the copy.
    static let descriptorsPerListener = 2

    /// The total, including the `DescriptorReserve` and one descriptor for a client. Each UDP socket takes one
    /// descriptor.
    package static func descriptors(eventLoops: Int, listeners: Int, udpSockets: Int) -> Int {
        eventLoops * Self.descriptorsPerEventLoop + listeners * Self.descriptorsPerListener + udpSockets
            + DescriptorReserve.count + 1
    }
}
