import Synchronization

/// Looks up names, each on its own thread, with a limit on the number of lookups at one time.
///
/// A lookup cannot be cancelled. An abandoned lookup continues until the resolver gives up and counts against the limit
/// until then. No caller waits for it. A hanging resolver therefore delays no other lookup and cannot accumulate
/// threads.
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
    /// - Parameter answered: called once, on the lookup's thread and with a lock held, but not after `abandon()` has
    ///   returned. It must not block.
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

/// A running lookup.
final class NameLookup: Sendable {
    private let answered: Locked<(@Sendable (NameLookups.Found) -> Void)?>

    fileprivate init(_ answered: @escaping @Sendable (NameLookups.Found) -> Void) {
        self.answered = Locked(answered)
    }

    /// Discards the answer of the lookup. Any thread.
    func abandon() {
        self.answered.withLock { $0 = nil }
    }

    fileprivate func answer(with found: NameLookups.Found) {
        // Called within the lock: after `abandon()`, the event loop of the answer may not exist any more.
        self.answered.withLock { $0?(found) }
    }
}
