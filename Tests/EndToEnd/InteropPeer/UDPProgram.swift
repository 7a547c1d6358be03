import PandaNet

/// A UDP socket on loopback, and the datagrams that it receives.
struct UDPProgram {
    struct Arrival: Sendable {
        let datagram: Datagram
        let sender: NetAddress
    }

    let manager = ConnectionManager(eventLoops: 1)
    let socket: UDPSocket
    let arrivals: AsyncStream<Arrival>

    /// - Parameter isRaw: whether datagrams have no header.
    init(isRaw: Bool) async throws {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Arrival.self)
        self.arrivals = arrivals
        let opening = self.manager.openUDPConnection(host: "127.0.0.1", port: 0, isRaw: isRaw) { bytes, sender in
            continuation.yield(Arrival(datagram: Datagram(bytes), sender: sender))
        }
        self.socket = try await opening.get()
    }
}
