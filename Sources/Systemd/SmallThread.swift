import Glibc

/// A thread with a small stack that never ends.
package enum SmallThread {
    private static let stackBytes = 128 * 1024

    /// Starts the thread. It inherits the caller's blocked signals.
    ///
    /// - Returns: 0, or the error number of pthread_create(3). After an error `body` is not called.
    package static func start(_ body: @escaping @Sendable () -> Never) -> CInt {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { work in
                guard let work else { preconditionFailure("a thread without its work") }
                Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
            },
            work.toOpaque()
        )
        if code != 0 { work.release() }
        return code
    }

    private final class Work {
        let body: @Sendable () -> Never

        init(_ body: @escaping @Sendable () -> Never) {
            self.body = body
        }
    }
}
