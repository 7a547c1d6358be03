/// What an address that is not proven may be sent: no more bytes and no more datagrams than came from it.
///
/// Both count, because each datagram costs the network a header besides its bytes.
struct UDPAllowance: Equatable {
    private(set) var bytes = 0
    private(set) var datagrams = 0

    /// - Parameter bytes: those of one whole datagram, its header included.
    mutating func received(bytes: Int) {
        self.bytes += bytes
        self.datagrams += 1
    }

    /// Takes off what one datagram costs.
    ///
    /// - Returns: false, with nothing taken, when it is more than there is.
    mutating func spend(bytes: Int) -> Bool {
        guard self.datagrams > 0, self.bytes >= bytes else { return false }
        self.bytes -= bytes
        self.datagrams -= 1
        return true
    }
}
