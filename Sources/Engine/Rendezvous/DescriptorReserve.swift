import CLinux
import Glibc

/// Descriptors that are kept for when the others have run out. Any thread.
///
/// Clients take every descriptor that a process may have, unless something is kept from them. While they can't be accepted for
/// want of descriptors, these are let go, and the program can still open what it needs itself: a file, a name's lookup, the
/// connection of whoever wants to see what is wrong. Only when all of them are back is anybody accepted again.
final class DescriptorReserve: Sendable {
    /// How many are kept.
    static let count = 4

    private let open: @Sendable () -> CInt?
    private let kept = Locked<[CInt]>([])

    /// - Parameter open: opens a further descriptor; nil when there is none.
    init(open: @escaping @Sendable () -> CInt? = DescriptorReserve.openSocket) {
        self.open = open
    }

    deinit {
        self.release()
    }

    var keptCount: Int { self.kept.withLock { $0.count } }

    /// Lets them go.
    func release() {
        let released = self.kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
        for descriptor in released { Descriptor.close(descriptor) }
    }

    /// Takes back those that were let go, or none of them where they would be the last: the program may need one meanwhile.
    ///
    /// - Returns: whether all are there, and one more could be had for a client.
    func refill() -> Bool {
        let isComplete = self.kept.withLock { kept in
            while kept.count < Self.count {
                guard let descriptor = self.open() else { return false }
                kept.append(descriptor)
            }
            guard let further = self.open() else { return false }
            Descriptor.close(further)
            return true
        }
        if !isComplete { self.release() }
        return isComplete
    }

    /// A socket that is never used, since it needs no file to be there.
    @Sendable private static func openSocket() -> CInt? {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        return descriptor >= 0 ? descriptor : nil
    }
}
