import Glibc

extension Connection {
    /// Lets the system forget what it holds for the peer as soon as the socket is closed, which is a reset then. It would
    /// keep that for minutes for a peer that does not read, and limits end where it is nobody's any more.
    func discardUnsent() {
        guard self.descriptor >= 0 else { return }
        var abort = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    }
}
