import Glibc

/// A screen of its own on the terminal, and keys that come at once; `end` gives back what was there before.
///
/// Signals that would end the program are waited for, so that no way out forgets the terminal.
struct LiveScreen {
    enum Event: Equatable {
        case timeout
        case resized
        case quit
    }

    private static let quitKeys: [UInt8] = Array("qQ".utf8) + [0x03, 0x04]

    private let isLive: Bool
    private let original: termios?
    private let signals: SignalPipe?

    /// - Parameter isLive: false: pages follow each other as text, and the terminal stays as it is.
    init(takingOver isLive: Bool) {
        self.isLive = isLive
        self.signals = isLive ? SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGWINCH]) : nil
        self.original = isLive ? Self.makeKeysComeAtOnce() : nil
        // The other screen, no cursor.
        if isLive { Terminal.write("\u{1B}[?1049h\u{1B}[?25l") }
    }

    func end() {
        if self.isLive { Terminal.write("\u{1B}[?25h\u{1B}[?1049l") }
        if var original { tcsetattr(STDIN_FILENO, TCSAFLUSH, &original) }
    }

    /// Draws over what was there, line by line, so that nothing flickers.
    ///
    /// - Returns: false when nobody reads any more.
    func show(_ lines: [String]) -> Bool {
        guard self.isLive else { return Terminal.write(lines.map { $0 + "\n" }.joined() + "\n") }
        let drawn = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        return Terminal.write("\u{1B}[H\(drawn)\u{1B}[J")
    }

    func wait(until deadline: ContinuousClock.Instant) -> Event {
        while true {
            let milliseconds = max(0, (deadline - .now) / .milliseconds(1))
            var polled = [
                pollfd(fd: self.signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
                // Without keys that come at once there are none to look at.
                pollfd(fd: self.original == nil ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, 2, CInt(min(milliseconds, 60_000))) > 0 else { return .timeout }
            if polled[0].revents != 0 { return self.signals?.take() == SIGWINCH ? .resized : .quit }
            if self.takeKeys() { return .quit }
        }
    }

    /// Whether one of them asks to leave; the end of the input does too.
    private func takeKeys() -> Bool {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        return count <= 0 || keys.prefix(count).contains(where: Self.quitKeys.contains)
    }

    /// - Returns: what was set before; nil where standard input is no terminal.
    private static func makeKeysComeAtOnce() -> termios? {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let original = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        return original
    }
}
