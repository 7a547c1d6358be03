import CLinux
import Glibc

/// The failure to open a rendezvous socket.
public struct RendezvousError: Error, CustomStringConvertible {
    /// The rendezvous that failed to open.
    public let rendezvous: Rendezvous
    /// The cause: a `SystemError` if a system call failed.
    public let cause: any Error

    /// One line: the listener, its address and port, and the system's reason.
    public var description: String {
        let address = NetAddress(host: self.rendezvous.host ?? "*", port: self.rendezvous.port)
        return "listener \"\(self.rendezvous.name)\" cannot open \(address): \(self.reason)"
    }

    /// The system's description of the error.
    public var reason: String {
        guard let error = self.cause as? SystemError else { return "\(self.cause)" }
        return String(cString: strerror(error.code))
    }

    /// The system's error number; `EINVAL` if the cause is not a system error.
    public var errorCode: CInt { (self.cause as? SystemError)?.code ?? EINVAL }
}
