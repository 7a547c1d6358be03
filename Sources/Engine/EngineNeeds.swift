/// The descriptors that the engine takes before its first client.
package enum EngineNeeds {
    /// Its epoll set, its timer, the eventfd that wakes it, and the two ends of its `LoopPipe`.
    static let descriptorsPerEventLoop = 5
    /// The socket, and a copy of it: to accept on after an error over TCP, to send with over UDP.
    static let descriptorsPerRendezvous = 2

    /// Those of `DescriptorReserve` too, and one for a client.
    package static func descriptors(eventLoops: Int, rendezvous: Int) -> Int {
        eventLoops * Self.descriptorsPerEventLoop + rendezvous * Self.descriptorsPerRendezvous + DescriptorReserve.count
            + 1
    }
}
