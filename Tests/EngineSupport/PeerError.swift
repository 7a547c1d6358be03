import Glibc

/// An error of a test's own socket.
public enum PeerError: Error, Equatable, CustomStringConvertible {
    /// connect(2) failed with this error number.
    case refused(CInt)
    /// Another call failed.
    case failed(call: String, CInt)
    /// The stream ended while a test waited for more bytes.
    case ended

    /// Reads errno after the named call has failed.
    init(_ call: String) {
        self = .failed(call: call, errno)
    }

    public var description: String {
        switch self {
        case .refused(let code): "connect: \(String(cString: strerror(code)))"
        case .failed(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .ended: "the stream has ended"
        }
    }
}
