import Glibc

/// Standard output or standard error.
///
/// It writes past stdio: the buffer of stdio reports a failure to no caller.
public struct StandardStream: Sendable {
    public static let output = StandardStream(descriptor: STDOUT_FILENO, name: "standard output")
    public static let error = StandardStream(descriptor: STDERR_FILENO, name: "standard error")

    public let descriptor: CInt
    /// For messages.
    let name: String

    /// Writes the text and a line break.
    public func print(_ line: String) throws(StreamFailure) {
        try self.write(line + "\n")
    }

    /// Writes all of the text, and waits where the other end is slow.
    public func write(_ text: String) throws(StreamFailure) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else {
                try self.recover(from: written < 0 ? errno : EIO)
            }
        }
    }

    /// Returns when a further attempt makes sense.
    private func recover(from errorCode: CInt) throws(StreamFailure) {
        switch errorCode {
        case EINTR: return
        case EAGAIN:
            // A stream that another program has made non-blocking.
            var stream = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&stream, 1, -1) >= 0 || errno == EINTR else { throw StreamFailure(self, errno) }
        default: throw StreamFailure(self, errorCode)
        }
    }
}

/// A standard stream did not take all of a text.
public struct StreamFailure: Error, Equatable, CustomStringConvertible {
    let stream: String
    /// Of `errno`.
    let errorCode: CInt

    init(_ stream: StandardStream, _ errorCode: CInt) {
        self.stream = stream.name
        self.errorCode = errorCode
    }

    /// The stream is a pipe, and its reader has left: it needs no message.
    public var isReaderGone: Bool { self.errorCode == EPIPE }

    public var description: String { "can't write to \(self.stream): \(String(cString: strerror(self.errorCode)))" }
}
