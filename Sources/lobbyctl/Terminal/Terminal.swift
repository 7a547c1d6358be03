import Glibc

/// Characters of a screen.
struct TerminalSize: Equatable {
    let columns: Int
    let rows: Int
}

/// The terminal that standard output goes to, if it goes to one.
enum Terminal {
    static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    /// nil where standard output is no terminal: then nothing is cut for its sake.
    static var size: TerminalSize? {
        guard Self.isThere else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    static var width: Int? { Self.size?.columns }

    /// What https://no-color.org asks for.
    static var takesStyles: Bool { Self.isThere && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true) }

    /// Writes all of it, or stops where nobody reads any more.
    ///
    /// - Returns: false in that case.
    @discardableResult
    static func write(_ text: String, to descriptor: CInt = STDOUT_FILENO) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return false }
            bytes = bytes.dropFirst(max(written, 0))
        }
        return true
    }
}
