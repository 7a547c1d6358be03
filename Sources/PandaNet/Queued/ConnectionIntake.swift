import NIOCore
import Wire

/// Who takes the datagrams of connections whose reader another thread may choose and change.
protocol DatagramSink: AnyObject, Sendable {
    /// Takes over datagrams, in order. On the connection's event loop.
    ///
    /// - Returns: false, with nothing taken, when the connection is no longer this sink's.
    func take(_ datagrams: [NetDatagram], from connection: Connection) -> Bool
    /// Whether the connection may be read from now; if not, the sink calls `resumeReading` once it may.
    func admitsRead(of connection: Connection) -> Bool
    /// Lets go of a connection that was closed or reset. Any thread.
    ///
    /// - Returns: false when it was not there.
    @discardableResult
    func remove(_ connection: Connection) -> Bool
}

/// What one connection brings, on its way to the reader that it was given to. Event loop only.
///
/// Without a reader nothing is read. NIO reads what is there by itself when the peer ends; that is kept, at most
/// `ConnectionListener.receiveBufferBytes` and one read, until a reader takes it or the connection is closed.
final class ConnectionIntake {
    private enum Framing {
        case framed(ConnectionReader)
        case raw
    }

    private var sink: (any DatagramSink)?
    private var framing = Framing.raw
    /// Bytes that came while no reader was there for them.
    private var held = ByteBuffer()
    private var isDiscarding = false

    /// Gives the connection to a reader; first come the bytes that are held.
    ///
    /// - Parameter header: nil makes what one read returns one datagram.
    func attach(_ sink: any DatagramSink, header: TCPHeader?, to connection: Connection) {
        guard !self.isDiscarding else { return }
        self.sink = sink
        let datagramBytesMax = connection.shard.limits.datagramBytes
        self.framing = header.map { .framed(ConnectionReader(header: $0, datagramBytesMax: datagramBytesMax)) } ?? .raw
        let held = self.held
        self.held = ByteBuffer()
        if held.readableBytes > 0 { self.bytesReceived(held, from: connection) }
        if connection.context == nil {
            connection.link?.core.reportReset(connection)
        } else {
            connection.resumeReading()
        }
    }

    var hasSink: Bool { self.sink != nil }

    /// Takes the connection from its reader. What was read and is no whole datagram yet waits for the next one.
    func detach(_ sink: any DatagramSink) {
        guard self.sink === sink else { return }
        self.sink = nil
        if case .framed(let reader) = self.framing { self.held.writeImmutableBuffer(reader.tail) }
        self.framing = .raw
    }

    /// From now on what comes is of no use to anyone.
    func discard() {
        self.isDiscarding = true
        self.sink = nil
        self.framing = .raw
        self.held = ByteBuffer()
    }

    func admitsRead(of connection: Connection) -> Bool {
        self.isDiscarding || self.sink?.admitsRead(of: connection) ?? false
    }

    func bytesReceived(_ buffer: ByteBuffer, from connection: Connection) {
        guard !self.isDiscarding else { return }
        guard let sink else {
            self.held.writeImmutableBuffer(buffer)
            return
        }
        switch self.framing {
        case .raw:
            buffer.withUnsafeReadableBytes { bytes in
                let datagram = NetDatagram(Datagram(ByteBuffer(bytes: bytes)), from: connection)
                self.deliver([datagram], bytes, from: connection, to: sink)
            }
        case .framed(var reader):
            // Two owners would make the reader copy its tail; it is put back below.
            self.framing = .raw
            let oversizedPayloadBytes = buffer.withUnsafeReadableBytes { bytes in
                reader.bytesReceived(bytes) { run in
                    self.deliver(Self.datagrams(run, connection), run.bytes, from: connection, to: sink)
                }
            }
            self.framing = .framed(reader)
            if oversizedPayloadBytes != nil { connection.shard.close(connection, .oversizedDatagram) }
        }
    }

    private func deliver(
        _ datagrams: [NetDatagram],
        _ bytes: UnsafeRawBufferPointer,
        from connection: Connection,
        to sink: any DatagramSink
    ) {
        if sink.take(datagrams, from: connection) {
            connection.traffic.datagramsIn &+= UInt64(datagrams.count)
            connection.traffic.bytesIn &+= UInt64(bytes.count)
        } else {
            self.held.writeBytes(bytes)
        }
    }

    /// The datagrams of a run, which share one copy of it.
    private static func datagrams(_ run: DatagramRun, _ connection: Connection) -> [NetDatagram] {
        let copy = ByteBuffer(bytes: run.bytes)
        guard let start = run.bytes.baseAddress else { return [] }
        var datagrams: [NetDatagram] = []
        datagrams.reserveCapacity(run.datagramCount)
        run.forEachPayload { payload in
            let offset = payload.baseAddress.map { $0 - start } ?? 0
            guard let slice = copy.getSlice(at: offset, length: payload.count) else { return }
            datagrams.append(NetDatagram(Datagram(slice), from: connection))
        }
        return datagrams
    }
}

extension Connection {
    /// Asks for the next read; the intake decides whether it may be. On its event loop.
    func resumeReading() {
        self.context?.channel.read()
    }
}
