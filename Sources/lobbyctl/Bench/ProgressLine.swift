import Bench
import Program
import Synchronization

/// The line of a terminal that shows how far a run is, where there is a terminal that knows escape sequences.
final class ProgressLine: Sendable {
    private let isThere = Terminal.takesEscapes(.error)
    private let failure = Mutex<StreamFailure?>(nil)

    /// Any thread.
    func show(_ progress: Progress) {
        self.write(progress.line)
    }

    /// - Returns: why the line could not be shown.
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
