import CLinux
import Glibc

/// The reason why a connection attempt to one address failed.
///
/// If several addresses fail, the caller gets the most telling failure, in this order:
/// - `refused`: the host has answered.
/// - `timedOut`: the host may exist.
/// - `systemError`: an error of this machine hides whether the host exists.
/// - `unreachable`: there is no route. This says little; for example, a machine with IPv4 only cannot reach the IPv6
///   address of a name.
enum AddressFailure: Equatable {
    case refused
    case timedOut
    case systemError(CInt)
    case unreachable

    init(code: CInt) {
        switch code {
        case ECONNREFUSED: self = .refused
        case ETIMEDOUT: self = .timedOut
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EAFNOSUPPORT: self = .unreachable
        default: self = .systemError(code)
        }
    }

    /// A lower rank is more telling.
    private var rank: Int {
        switch self {
        case .refused: 0
        case .timedOut: 1
        case .systemError: 2
        case .unreachable: 3
        }
    }

    func moreTelling(than other: AddressFailure?) -> AddressFailure {
        guard let other else { return self }
        return self.rank < other.rank ? self : other
    }
}
