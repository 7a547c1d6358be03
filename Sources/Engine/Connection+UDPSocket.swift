import Wire

extension ConnectionManager {
    /// Creates a connection object that only identifies a UDP socket. Any thread.
    ///
    /// The connection is in no table, and it neither sends nor receives.
    package func connection(
        standingFor socket: UDPSocket,
        attachment: any ConnectionAttachment
    ) -> Answer<Connection> {
        let origin = ConnectionOrigin(
            rendezvous: nil,
            roster: self.registry.roster,
            service: AttachmentProvider(attachment: attachment),
            observers: []
        )
        return socket.shard.loop.submit {
            Connection(
                id: self.registry.roster.nextID(),
                peerAddress: SocketAddress(IPAddress(.ipv4, 0), port: 0),
                origin: origin,
                framing: .udp,
                home: socket.shard
            )
        }
    }
}

/// Provides the attachment of one connection. The service that it makes is never called.
private struct AttachmentProvider: ServiceProvider {
    private final class UnusedService: Service {
        func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int { run.bytes.count }
    }

    let attachment: any ConnectionAttachment

    func makeService(eventLoopIndex: Int) -> any Service { UnusedService() }

    func makeAttachment() -> (any ConnectionAttachment)? { self.attachment }
}
