import Engine
import Glibc

/// Finds out how much of something the system gives to this process: it takes it and gives it back.
enum Probe {
    struct Result: Equatable {
        var count = 0
        /// Why there is no more; nil when all was there that was asked for.
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

    /// Threads that exist at one time.
    ///
    /// - Parameter start: starts one, as pthread_create(3) does with its default attributes.
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

    /// It ends once it had the lock.
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
