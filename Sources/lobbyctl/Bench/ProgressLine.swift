import Bench
import Program
import Synchronization

/// Shows the progress of a run in one line on standard error, if that is a terminal with escape sequences.
final class ProgressLine: Sendable {
    private let isThere = Terminal.takesEscapes(.error)
    private let failure = Mutex<StreamFailure?>(nil)

    /// Any thread may call it.
    func show(_ progress: Progress) {
        self.write(progress.line)
    }

    /// Erases the line.
    ///
    /// - Returns: the first failure to show the line; nil when there was none.
    func end() -> StreamFailure? {
        self.write("")
        return self.failure.withLock { $0 }
    }

    private func write(_ line: String) {
        guard self.isThere else { return }
        self.failure.withLock { failure in
            guard failure == nil else { return }
            do throws(StreamFailure) {
                try StandardStream.error.write("\r\u{1B}[K\(line)")
            } catch {
                failure = error
            }
        }
    }
}
