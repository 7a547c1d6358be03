/// The way out of the bytes of one connection.
enum Transmitter {
    /// The descriptor of a TCP socket: framed bytes go there as they are.
    case socket(CInt)
    /// A port over UDP.
    case datagrams(DatagramTransmitter)
    /// The end: nothing leaves any more.
    case none
}

/// Sends the datagrams of one connection over a socket that it shares with others. Event loop only.
class DatagramTransmitter {
    /// Sends each record, as far as the peer may be sent anything.
    ///
    /// - Parameter records: with `Framing.udp`, in memory that stays until the end of this turn's output.
    func send(_ records: UnsafeRawBufferPointer) { preconditionFailure("a transmitter that does not send") }

    /// Ends the connection, which knows why.
    func close() { preconditionFailure("a transmitter that does not close") }
}
