import CLinux
import Glibc

extension NetAddress {
    /// The address at the other end of a connected IP socket; nil when it has gone or is of another kind.
    init?(peerOf descriptor: CInt) {
        guard let address = SocketAddress(of: descriptor, getpeername) else { return nil }
        self.init(address)
    }
}
