import Glibc
import Program

/// A screen of its own on the terminal, and keys that come at once; `end` gives back the earlier screen and settings.
///
/// Signals that would end or stop the program are waited for, so that no way out forgets the terminal.
final class LiveScreen {
    enum Event: Equatable {
        case timeout
        /// The descriptor that was waited for too is ready.
        case ready
        /// The size is another one, or the program was stopped and goes on: the page is to be drawn again.
        case redraw
        case quit
    }

    private enum Key {
        static let quit: [UInt8] = Array("qQ".utf8) + [0x03, 0x04, 0x1C]
        /// Ctrl-Z.
        static let stop: UInt8 = 0x1A
    }

    private let signals: SignalPipe?
    /// The settings of the terminal before; nil where standard input is no terminal.
    private let original: termios?

    init() throws(StreamFailure) {
        self.signals = SignalPipe([SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT])
        var settings = termios()
        self.original = tcgetattr(STDIN_FILENO, &settings) == 0 ? settings : nil
        try self.takeOver()
    }

    func end() {
        // A failure means that the terminal has gone.
        try? StandardStream.output.write("\u{1B}[?25h\u{1B}[?1049l")
        if var original { tcsetattr(STDIN_FILENO, TCSAFLUSH, &original) }
    }

    /// Draws over the earlier page line by line, without a flicker.
    func show(_ lines: [String]) throws(StreamFailure) {
        let drawn = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        try StandardStream.output.write("\u{1B}[H\(drawn)\u{1B}[J")
    }

    /// - Parameter socket: waited for together with keys and signals.
    func wait(for socket: pollfd? = nil, until deadline: ContinuousClock.Instant) throws(StreamFailure) -> Event {
        while true {
            // One more, so that it does not spin through the last millisecond.
            let milliseconds = max(0, (deadline - .now) / .milliseconds(1) + 1)
            var polled = [
                pollfd(fd: self.signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
                // Without keys that come at once there are none to look at.
                pollfd(fd: self.original == nil ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                socket ?? pollfd(fd: -1, events: 0, revents: 0),
            ]
            let ready = poll(&polled, nfds_t(polled.count), CInt(min(milliseconds, 60_000)))
            // The system is out of memory: the caller tries again.
            if ready < 0 && errno != EINTR { return .timeout }
            if ready == 0 && ContinuousClock.now >= deadline { return .timeout }
            guard ready > 0 else { continue }
            if polled[0].revents != 0, let event = try self.event(of: self.signals?.take()) { return event }
            if polled[1].revents != 0 && self.takeKeys() { return .quit }
            if polled[2].revents != 0 { return .ready }
        }
    }

    private func event(of signal: CInt?) throws(StreamFailure) -> Event? {
        switch signal {
        case SIGWINCH: return .redraw
        case SIGCONT:
            // After a stop that could not be waited for, the shell has set the terminal as it likes.
            try self.takeOver()
            return .redraw
        case SIGTSTP:
            self.end()
            SignalThread.actByDefault(on: SIGTSTP)
            try self.takeOver()
            return .redraw
        case nil: return nil
        default: return .quit
        }
    }

    /// Whether one of them asks to leave; the end of the input does too.
    private func takeKeys() -> Bool {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        if keys.prefix(max(count, 0)).contains(Key.stop) {
            // As the terminal does it: the other programs of the pipeline or of sudo stop too.
            kill(0, SIGTSTP)
        }
        return count <= 0 || keys.prefix(count).contains(where: Key.quit.contains)
    }

    private func takeOver() throws(StreamFailure) {
        if var settings = self.original {
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            // Keys that have come already count: SIGCONT comes again after a stop of our own.
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        }
        // The other screen, no cursor.
        try StandardStream.output.write("\u{1B}[?1049h\u{1B}[?25l")
    }
}
