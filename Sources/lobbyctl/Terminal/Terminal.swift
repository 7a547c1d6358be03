import Glibc
import Program

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

    /// Whether a stream goes to a terminal that acts on escape sequences: `TERM` is set, not empty and not `dumb`.
    static func takesEscapes(_ stream: StandardStream) -> Bool {
        guard isatty(stream.descriptor) == 1, let name = getenv("TERM") else { return false }
        return !["", "dumb"].contains(String(cString: name))
    }

    /// As https://no-color.org asks for.
    static var takesStyles: Bool { getenv("NO_COLOR").map { $0.pointee == 0 } ?? true }
}
