import NIOCore
import Wire

/// What one connection brings, on its way to the reader that it was given to. Event loop only.
///
/// Nothing is read while there is no reader, or the reader is full. A read that was under way then, and what NIO reads by
/// itself when the peer ends, is kept: at most `ReceiveBuffer.byteCount` and `ConnectionListener.receiveBufferBytes`.
final class ConnectionIntake {
    private enum Framing {
        case framed(ConnectionReader)
        case raw
    }

    private var sink: (any DatagramSink)?
    private var framing = Framing.raw
    /// Bytes that no reader could take yet; the stream goes on behind them, and `framing` has no tail.
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
        self.resume(connection)
    }

    /// There is room for what is held, and then for more.
    func resume(_ connection: Connection) {
        if let sink, self.held.readableBytes > 0 {
            let held = self.held
            self.held = ByteBuffer()
            self.feed(held, from: connection, to: sink)
        }
        if self.isDrained, connection.context == nil { connection.link?.core.reportReset(connection) }
        connection.context?.channel.read()
    }

    /// Whether a reader has all that came.
    var isDrained: Bool { self.sink != nil && self.held.readableBytes == 0 }

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
        if self.isDiscarding { return true }
        guard let sink, self.isDrained else { return false }
        return sink.admitsRead(of: connection)
    }

    func bytesReceived(_ buffer: ByteBuffer, from connection: Connection) {
        guard !self.isDiscarding else { return }
        guard let sink, self.isDrained else {
            self.held.writeImmutableBuffer(buffer)
            return
        }
        self.feed(buffer, from: connection, to: sink)
    }

    private func feed(_ buffer: ByteBuffer, from connection: Connection, to sink: any DatagramSink) {
        switch self.framing {
        case .raw:
            buffer.withUnsafeReadableBytes { bytes in
                let datagram = NetDatagram(Datagram(ByteBuffer(bytes: bytes)), from: connection)
                self.deliver([datagram], bytes, from: connection, to: sink)
            }
        case .framed(var reader):
            // Two owners would make the reader copy its tail; it is put back below.
            self.framing = .raw
            let step = buffer.withUnsafeReadableBytes { bytes in
                reader.bytesReceived(bytes) { run in
                    self.deliver(NetDatagram.all(of: run, from: connection), run.bytes, from: connection, to: sink)
                    return run.bytes.count
                }
            }
            if self.held.readableBytes > 0 {
                self.held.writeImmutableBuffer(reader.tail)
                let scanner = reader.scanner
                reader = ConnectionReader(header: scanner.header, datagramBytesMax: scanner.payloadBytesMax)
            }
            self.framing = .framed(reader)
            if step.oversizedPayloadBytes != nil { connection.shard.close(connection, passing: .datagramBytes) }
        }
    }

    private func deliver(
        _ datagrams: [NetDatagram],
        _ bytes: UnsafeRawBufferPointer,
        from connection: Connection,
        to sink: any DatagramSink
    ) {
        if self.held.readableBytes == 0, sink.take(datagrams, from: connection) {
            connection.traffic.datagramsIn &+= UInt64(datagrams.count)
            connection.traffic.bytesIn &+= UInt64(bytes.count)
        } else {
            self.held.writeBytes(bytes)
        }
    }
}
