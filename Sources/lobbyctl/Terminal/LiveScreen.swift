import Glibc
import Program

/// Takes over the terminal: an alternate screen, and keys without Enter. `end` restores the earlier screen and
/// settings.
///
/// A `LiveScreen` catches the signals that would end or stop the program, so every exit restores the terminal.
final class LiveScreen {
    enum Event: Equatable {
        case timeout
        /// The additional descriptor is ready.
        case ready
        /// The page must be drawn again: the size has changed, or the program continues after a stop.
        case redraw
        case quit
    }

    private enum Key {
        static let quit: [UInt8] = Array("qQ".utf8) + [0x03, 0x04, 0x1C]
        /// Ctrl-Z.
        static let stop: UInt8 = 0x1A
    }

    private let signals: SignalPipe?
    /// The terminal's settings before; nil where standard input is not a terminal.
    private let original: termios?

    init() throws(StreamFailure) {
        self.signals = SignalPipe([SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT])
        var settings = termios()
        self.original = tcgetattr(STDIN_FILENO, &settings) == 0 ? settings : nil
        try self.takeOver()
    }

    func end() {
        // A failure means that the terminal is gone.
        try? StandardStream.output.write("\u{1B}[?25h\u{1B}[?1049l")
        if var original { tcsetattr(STDIN_FILENO, TCSAFLUSH, &original) }
    }

    /// Draws over the earlier page line by line, without flicker.
    func show(_ lines: [String]) throws(StreamFailure) {
        let drawn = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        try StandardStream.output.write("\u{1B}[H\(drawn)\u{1B}[J")
    }

    /// Waits for keys, signals and a socket.
    ///
    /// - Parameter socket: an additional descriptor to wait for.
    func wait(for socket: pollfd? = nil, until deadline: ContinuousClock.Instant) throws(StreamFailure) -> Event {
        while true {
            // One millisecond more, so that the loop does not spin during the last millisecond.
            let milliseconds = max(0, (deadline - .now) / .milliseconds(1) + 1)
            var polled = [
                pollfd(fd: self.signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
                // Without a terminal on standard input there are no keys.
                pollfd(fd: self.original == nil ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                socket ?? pollfd(fd: -1, events: 0, revents: 0),
            ]
            let ready = poll(&polled, nfds_t(polled.count), CInt(min(milliseconds, 60_000)))
            // The system is out of memory. The caller tries again.
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
            // SIGSTOP cannot be caught. After such a stop the shell may have changed the terminal's settings.
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

    /// Whether a key asks to quit. The end of the input does so too.
    private func takeKeys() -> Bool {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        if keys.prefix(max(count, 0)).contains(Key.stop) {
            // Sends the signal to the process group, as the terminal does for Ctrl-Z. The other programs of the
            // pipeline, or sudo, stop too.
            kill(0, SIGTSTP)
        }
        return count <= 0 || keys.prefix(count).contains(where: Key.quit.contains)
    }

    private func takeOver() throws(StreamFailure) {
        if var settings = self.original {
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            // After a stop with Ctrl-Z this runs twice, because a SIGCONT follows. TCSADRAIN keeps the keys that were
            // typed in between.
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        }
        // The alternate screen, without a cursor.
        try StandardStream.output.write("\u{1B}[?1049h\u{1B}[?25l")
    }
}
