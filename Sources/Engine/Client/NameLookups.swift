import Synchronization

/// Looks names up, each on a thread of its own, and only so many at a time.
///
/// A lookup can't be cancelled. One that is not wanted any more goes on until the resolver gives up; it holds its place and
/// nobody waits for it, so that a resolver that hangs delays no other lookup and can't pile up threads.
final class NameLookups: Sendable {
    typealias Found = Result<[SocketAddress], NameError>

    let limit: Int
    private let resolver: any NameResolver
    private let underWay = Atomic<Int>(0)

    init(resolver: any NameResolver, limit: Int) {
        self.resolver = resolver
        self.limit = limit
    }

    /// Begins a lookup. Any thread.
    ///
    /// - Parameter answered: called once on the lookup's thread, with a lock held, and not after `abandon()` has returned.
    ///   It must not wait.
    func begin(
        host: String,
        port: Int,
        answered: @escaping @Sendable (Found) -> Void
    ) throws(NameError) -> NameLookup {
        guard self.underWay.wrappingAdd(1, ordering: .relaxed).newValue <= self.limit else {
            self.underWay.wrappingSubtract(1, ordering: .relaxed)
            throw .tooManyLookups(limit: self.limit)
        }
        let lookup = NameLookup(answered)
        let code = DetachedThread.run {
            let found = Found { () throws(NameError) in try self.resolver.addresses(of: host, port: port) }
            self.underWay.wrappingSubtract(1, ordering: .relaxed)
            lookup.answer(with: found)
        }
        guard code == 0 else {
            self.underWay.wrappingSubtract(1, ordering: .relaxed)
            throw .systemError(code: code)
        }
        return lookup
    }
}

/// One lookup that is under way.
final class NameLookup: Sendable {
    private let answered: Locked<(@Sendable (NameLookups.Found) -> Void)?>

    fileprivate init(_ answered: @escaping @Sendable (NameLookups.Found) -> Void) {
        self.answered = Locked(answered)
    }

    /// The answer is not wanted any more. Any thread.
    func abandon() {
        self.answered.withLock { $0 = nil }
    }

    fileprivate func answer(with found: NameLookups.Found) {
        // Within the lock: the event loop that the answer is for may be gone once it has been abandoned.
        self.answered.withLock { $0?(found) }
    }
}
