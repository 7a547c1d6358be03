import Glibc
import NIOCore

/// A socket of which NIO gets copies, and whose descriptor stays open whatever NIO does with them: what NIO closes, after an
/// error of the system say, can be opened again.
struct InheritedDescriptor: Sendable {
    let descriptor: CInt

    /// A further descriptor of the same socket, for whoever closes it.
    func copy() throws(IOError) -> CInt {
        let copy = fcntl(self.descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
        return copy
    }
}
