import CLinux
import Glibc

/// A rendezvous socket that could not be opened.
public struct RendezvousError: Error, CustomStringConvertible {
    /// What was to be opened.
    public let rendezvous: Rendezvous
    /// What went wrong: a `SystemError` when the system said no.
    public let cause: any Error

    /// One line: the listener, its address and port, and the system's reason.
    public var description: String {
        let address = NetAddress(host: self.rendezvous.host ?? "*", port: self.rendezvous.port)
        return "listener \"\(self.rendezvous.name)\" can't open \(address): \(self.reason)"
    }

    /// What the system says, in its words.
    public var reason: String {
        guard let error = self.cause as? SystemError else { return "\(self.cause)" }
        return String(cString: strerror(error.code))
    }

    /// The number of the system's error; `EINVAL` when it was not the system's.
    public var errorCode: CInt { (self.cause as? SystemError)?.code ?? EINVAL }
}
