import CLinux
import Glibc

/// How a listener reacts to an error number of accept(2).
enum AcceptFailure: Equatable {
    /// The backlog is empty.
    case noClient
    /// The error concerns a single client or call. The listener may accept the next client at once.
    case goOn
    /// The cause may last while the socket stays readable. The listener must wait, since an immediate retry would only
    /// spin.
    case backOff
    /// The socket is unusable.
    case lost

    init(code: CInt) {
        switch code {
        case EAGAIN: self = .noClient
        case ECONNABORTED, EINTR: self = .goOn
        case EBADF, EINVAL: self = .lost
        default: self = .backOff
        }
    }
}

/// The number of clients that one turn of the event loop accepts. It follows the number of clients that arrived
/// together recently.
///
/// If a turn accepts fewer clients than are waiting, the socket is ready again in the next turn. If a turn asks for
/// more clients than are waiting, it makes one useless call.
struct AcceptBatch: Equatable {
    /// The largest size. It leaves time for the existing connections while many clients arrive.
    static let sizeMax = 64
    /// The largest number of full batches before a larger size is tried.
    static let patienceMax = 16

    private(set) var size = 1
    private var patience = 1
    /// Full batches since the last change of the size.
    private var fullCount = 0

    /// A batch has accepted as many clients as the size allows.
    mutating func wasFull() {
        // The last attempt with a larger size succeeded: many clients are arriving.
        if self.size > 1, self.fullCount == 0 { self.patience = 1 }
        self.fullCount += 1
        guard self.fullCount >= self.patience, self.size < Self.sizeMax else { return }
        self.size = min(self.size * 2, Self.sizeMax)
        self.fullCount = 0
    }

    /// A batch has accepted only `count` clients.
    mutating func ranOut(after count: Int) {
        if self.size > 1, self.fullCount == 0 { self.patience = min(self.patience * 2, Self.patienceMax) }
        self.size = max(1, count)
        self.fullCount = self.size > 1 ? 1 : 0
    }
}

/// The reasons why a listener accepts no clients at present. Each reason begins and ends independently. While a reason
/// is set, clients wait in the system's backlog.
struct PauseReasons: OptionSet, Sendable {
    let rawValue: UInt8

    /// The program does not want clients yet, or no longer wants them.
    static let held = Self(rawValue: 1)
    /// `Limits.connections` is reached.
    static let full = Self(rawValue: 2)
    /// The system failed to accept a client.
    static let failing = Self(rawValue: 4)
}

/// The delays before the attempts to reopen a lost listener.
struct ReopeningDelay: Equatable {
    static let first = Duration.milliseconds(50)
    static let longest = Duration.milliseconds(800)

    private var following = Self.first

    /// The delay before the next attempt. It doubles with each attempt, up to `longest`.
    mutating func next() -> Duration {
        defer { self.following = min(self.following * 2, Self.longest) }
        return self.following
    }
}
