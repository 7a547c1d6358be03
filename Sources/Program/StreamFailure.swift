import Glibc

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
