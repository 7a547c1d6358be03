/// The descriptors that the engine takes before its first client.
package enum EngineNeeds {
    /// Its epoll set, and the eventfd that wakes it.
    static let descriptorsPerEventLoop = 2
    /// The socket over TCP, and a copy of it, to accept on after a loss.
    static let descriptorsPerListener = 2

    /// Those of `DescriptorReserve` too, and one for a client. A UDP socket is one more.
    package static func descriptors(eventLoops: Int, listeners: Int, udpSockets: Int) -> Int {
        eventLoops * Self.descriptorsPerEventLoop + listeners * Self.descriptorsPerListener + udpSockets
            + DescriptorReserve.count + 1
    }
}
