import Bench
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first during a run makes it report its measurements, any other ends the process.
final class BenchInterrupt: Sendable {
    private let runner = Mutex<Runner?>(nil)

    /// To be made before the runner, which has threads.
    init() {
        _ = SignalThread.start([SIGINT, SIGTERM]) { self.received($0) }
    }

    func reach(_ runner: Runner) {
        self.runner.withLock { $0 = runner }
    }

    /// The run has ended: the next signal ends the process, however long its report takes.
    func release() {
        self.runner.withLock { $0 = nil }
    }

    private func received(_ signal: CInt) {
        let runner = self.runner.withLock { runner in
            defer { runner = nil }
            return runner
        }
        if let runner { runner.interrupt() } else { SignalThread.actByDefault(on: signal) }
    }
}
