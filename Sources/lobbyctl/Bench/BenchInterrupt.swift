import Bench
import Glibc
import Synchronization

/// Handles Ctrl-C and SIGTERM. The first one during a run makes the run report its measurements; any other one ends the
/// process.
final class BenchInterrupt: Sendable {
    private let runner = Mutex<Runner?>(nil)

    /// Blocks the signals. Create it before the runner, because threads inherit the blocked signals.
    init() {
        _ = SignalThread.start([SIGINT, SIGTERM]) { self.received($0) }
    }

    func reach(_ runner: Runner) {
        self.runner.withLock { $0 = runner }
    }

    /// Marks the end of the run. The next signal ends the process, even while it prints a long report.
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
