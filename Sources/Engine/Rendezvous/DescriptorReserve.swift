import CLinux
import Glibc

/// Spare descriptors for the time when the process has no others left. Any thread.
///
/// Without a reserve, clients could take every descriptor that the process may have. When no descriptor is left for
/// clients, the listener releases the reserve. The program can then still open a file, look up a name, or accept an
/// operator's connection. Listeners accept clients again only after the whole reserve has been reopened.
final class DescriptorReserve: Sendable {
    /// The size of the reserve.
    static let count = 4

    private let open: @Sendable () -> CInt?
    private let kept = Locked<[CInt]>([])

    /// - Parameter open: opens one more descriptor; nil if the system has no more.
    init(open: @escaping @Sendable () -> CInt? = DescriptorReserve.openSocket) {
        self.open = open
    }

    deinit {
        self.release()
    }

    var keptCount: Int { self.kept.withLock { $0.count } }

    /// Closes the descriptors of the reserve.
    func release() {
        let released = self.kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
        for descriptor in released { Descriptor.close(descriptor) }
    }

    /// Reopens the released descriptors. If some of them are not available, the reserve stays empty, since the program
    /// may need the last ones.
    ///
    /// - Returns: whether the reserve is complete and one more descriptor is available for a client.
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

    /// Opens a socket only to occupy a descriptor. A socket needs no existing file.
    @Sendable private static func openSocket() -> CInt? {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        return descriptor >= 0 ? descriptor : nil
    }
}
