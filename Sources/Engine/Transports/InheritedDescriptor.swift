import CLinux
import Glibc

/// A socket that stays open whatever becomes of the engine's copies of it: after an error of the system, a further copy
/// goes on with it.
struct InheritedDescriptor: Sendable {
    let descriptor: CInt

    /// A further descriptor of the same socket, non-blocking, which the caller closes.
    func copy() throws(SystemError) -> CInt {
        let copy = try SystemError.check(fcntl(self.descriptor, F_DUPFD_CLOEXEC, 0), "fcntl")
        do throws(SystemError) {
            let flags = try SystemError.check(fcntl(copy, F_GETFL), "fcntl")
            try SystemError.check(fcntl(copy, F_SETFL, flags | O_NONBLOCK), "fcntl")
            return copy
        } catch {
            Descriptor.close(copy)
            throw error
        }
    }
}
