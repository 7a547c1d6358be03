import Bench
import Glibc

/// The line of a terminal that shows how far a run is; without a terminal, nothing.
struct ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: Progress) {
        self.write("\r\u{1B}[K\(progress.line)")
    }

    func clear() {
        self.write("\r\u{1B}[K")
    }

    private func write(_ text: String) {
        guard self.isTerminal else { return }
        Terminal.write(text, to: STDERR_FILENO)
    }
}
