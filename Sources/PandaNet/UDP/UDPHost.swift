/// One IP address that sends to a UDP listener, whatever its ports. Event loop only.
final class UDPHost {
    /// As in `NetAddress`.
    let name: String
    /// The same as a number.
    let address: IPAddress
    /// Whether it is believed to be where its datagrams come from.
    var isProven = false
    /// Connections from this address.
    var connectionCount = 0
    private var allowance = UDPAllowance()

    init(name: String, address: IPAddress) {
        self.name = name
        self.address = address
    }

    /// - Parameter bytes: those of one whole datagram, its header included.
    func received(bytes: Int) {
        if !self.isProven { self.allowance.received(bytes: bytes) }
    }

    /// Whether one datagram of so many bytes may be sent to it; it counts as sent.
    func maySend(bytes: Int) -> Bool {
        self.isProven || self.allowance.spend(bytes: bytes)
    }
}
