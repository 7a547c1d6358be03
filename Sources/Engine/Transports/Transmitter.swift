/// The output path of one connection's bytes.
enum Transmitter {
    /// The descriptor of a TCP socket, which gets the framed bytes unchanged.
    case socket(CInt)
    /// The sender for one remote port over UDP.
    case datagrams(DatagramTransmitter)
    /// Closed: no bytes are sent any more.
    case none
}

/// Sends the datagrams of one connection over a socket that it shares with others. Event loop only.
class DatagramTransmitter {
    /// Sends the records. Drops a record that exceeds the limits for unproven ports.
    ///
    /// - Parameter records: UDP records (`Framing.udp`). Their memory stays valid until the output of this turn has
    ///   ended.
    func send(_ records: UnsafeRawBufferPointer) { preconditionFailure("DatagramTransmitter.send is not overridden") }

    /// Closes the connection, whose close reason is already set.
    func close() { preconditionFailure("DatagramTransmitter.close is not overridden") }
}
