import CLinux
import Glibc

/// Why one address could not be connected to.
///
/// Of several addresses that failed, the most telling failure is the caller's: a host that refused has answered; one that
/// did not answer may exist; an error of this machine hides whether it does; and an address that no way leads to says
/// little, as with the IPv6 address of a name on a machine that has only IPv4.
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

    /// Lower is more telling.
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
