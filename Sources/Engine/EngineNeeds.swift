/// The descriptors that the engine takes before its first client.
package enum EngineNeeds {
    /// Its epoll set, and the eventfd that wakes it.
    static let descriptorsPerEventLoop = 2
    /// The socket, and a copy of it: to accept on after a loss over TCP, to send with over UDP.
    static let descriptorsPerRendezvous = 2

    /// Those of `DescriptorReserve` too, and one for a client.
    package static func descriptors(eventLoops: Int, rendezvous: Int) -> Int {
        eventLoops * Self.descriptorsPerEventLoop + rendezvous * Self.descriptorsPerRendezvous + DescriptorReserve.count
            + 1
    }
}
