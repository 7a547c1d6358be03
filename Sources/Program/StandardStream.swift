import Glibc

/// Standard output or standard error.
///
/// It bypasses stdio, whose buffering hides write errors.
public struct StandardStream: Sendable {
    public static let output = StandardStream(descriptor: STDOUT_FILENO, name: "standard output")
    public static let error = StandardStream(descriptor: STDERR_FILENO, name: "standard error")

    public let descriptor: CInt
    /// The name in messages.
    let name: String

    /// Writes the text and a line break.
    public func print(_ line: String) throws(StreamFailure) {
        try self.write(line + "\n")
    }

    /// Writes all of the text. Waits for a slow reader.
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

    /// Returns when the write should be tried again.
    private func recover(from errorCode: CInt) throws(StreamFailure) {
        switch errorCode {
        case EINTR: return
        case EAGAIN:
            // Another program has made the stream non-blocking.
            var stream = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&stream, 1, -1) >= 0 || errno == EINTR else { throw StreamFailure(self, errno) }
        default: throw StreamFailure(self, errorCode)
        }
    }
}

/// A standard stream failed to take all of a text.
public struct StreamFailure: Error, Equatable, CustomStringConvertible {
    let stream: String
    /// An `errno`.
    let errorCode: CInt

    init(_ stream: StandardStream, _ errorCode: CInt) {
        self.stream = stream.name
        self.errorCode = errorCode
    }

    /// Whether the stream is a pipe whose reader has exited. Such a failure needs no message.
    public var isReaderGone: Bool { self.errorCode == EPIPE }

    public var description: String { "cannot write to \(self.stream): \(String(cString: strerror(self.errorCode)))" }
}
