import Glibc

/// A thread that never ends and does nothing deep.
enum SmallThread {
    private static let stackBytes = 128 * 1024

    /// Starts it. It inherits the signals that the caller has blocked.
    ///
    /// - Parameter purpose: for the message, should the system have no thread to give.
    static func start(for purpose: String, _ body: @escaping @Sendable () -> Never) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { work in
                guard let work else { preconditionFailure("a thread without its work") }
                Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
            },
            Unmanaged.passRetained(Work(body)).toOpaque()
        )
        guard code == 0 else { fatalError("no thread for \(purpose): \(String(cString: strerror(code)))") }
    }

    private final class Work {
        let body: @Sendable () -> Never

        init(_ body: @escaping @Sendable () -> Never) {
            self.body = body
        }
    }
}
