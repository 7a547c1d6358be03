import Glibc

/// What a test's own socket met.
public enum PeerError: Error, Equatable, CustomStringConvertible {
    /// The connection was not accepted; the error number of connect(2).
    case refused(CInt)
    /// Another call failed.
    case failed(call: String, CInt)
    /// The stream ended where more of it was awaited.
    case ended

    /// The call that has just failed.
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
