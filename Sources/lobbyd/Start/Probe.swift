import Engine
import Glibc

/// Measures how many descriptors or threads the system grants this process: it takes them and gives them back.
enum Probe {
    struct Result: Equatable {
        var count = 0
        /// The error number of the first refusal; nil if the system granted everything.
        var errorCode: CInt?
    }

    /// - Precondition: descriptor 0 is open.
    static func descriptors(_ wanted: Int) -> Result {
        var result = Result()
        var taken: [CInt] = []
        while taken.count < wanted, result.errorCode == nil {
            let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
            if copy >= 0 { taken.append(copy) } else { result.errorCode = errno }
        }
        for descriptor in taken { close(descriptor) }
        result.count = taken.count
        return result
    }

    /// Counts threads that exist at the same time.
    ///
    /// - Parameter start: starts one thread, as pthread_create(3) does with default attributes.
    static func threads(_ wanted: Int, start: (Locked<Bool>) -> (pthread_t, CInt) = Self.startThread) -> Result {
        var result = Result()
        var started: [pthread_t] = []
        let gate = Locked(false)
        gate.withLock { _ in
            while started.count < wanted, result.errorCode == nil {
                let (thread, code) = start(gate)
                if code == 0 { started.append(thread) } else { result.errorCode = code }
            }
        }
        for thread in started { pthread_join(thread, nil) }
        result.count = started.count
        return result
    }

    /// Starts a thread that ends after it has held the lock.
    private static func startThread(_ gate: Locked<Bool>) -> (pthread_t, CInt) {
        let work = Unmanaged.passRetained(gate)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { preconditionFailure("a thread without its work") }
                Unmanaged<Locked<Bool>>.fromOpaque(pointer).takeRetainedValue().withLock { _ in }
                return nil
            },
            work.toOpaque()
        )
        if code != 0 { work.release() }
        return (thread, code)
    }
}
