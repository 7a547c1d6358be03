import CLinux
import Glibc

/// A socket that stays open while the engine opens and closes copies of it.
///
/// After a system error on one copy, the engine continues with a new copy.
struct InheritedDescriptor: Sendable {
    let descriptor: CInt

    /// Duplicates the descriptor. The copy is non-blocking, and the caller closes it.
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
