import Glibc
import Program

/// The size of a terminal in characters.
struct TerminalSize: Equatable {
    let columns: Int
    let rows: Int
}

/// The terminal on standard output, if it is one.
enum Terminal {
    static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    /// nil where standard output is not a terminal. Then no line is cut.
    static var size: TerminalSize? {
        guard Self.isThere else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    static var width: Int? { Self.size?.columns }

    /// Whether a stream is a terminal that understands escape sequences: `TERM` is set, not empty and not `dumb`.
    static func takesEscapes(_ stream: StandardStream) -> Bool {
        guard isatty(stream.descriptor) == 1, let name = getenv("TERM") else { return false }
        return !["", "dumb"].contains(String(cString: name))
    }

    /// Whether `NO_COLOR` permits styles: see https://no-color.org.
    static var takesStyles: Bool { getenv("NO_COLOR").map { $0.pointee == 0 } ?? true }
}
