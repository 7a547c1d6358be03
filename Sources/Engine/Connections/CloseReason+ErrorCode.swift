import Glibc

extension CloseReason {
    /// What an error number of the socket says about the end of a connection.
    init(errorCode: CInt) {
        switch errorCode {
        case ECONNRESET, EPIPE: self = .peerReset
        case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN: self = .peerVanished
        default: self = .ioError
        }
    }
}
