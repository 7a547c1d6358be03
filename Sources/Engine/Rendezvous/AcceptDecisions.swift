import CLinux
import Glibc

/// What an error of accept(2) means for its listener, by its number.
enum AcceptFailure: Equatable {
    /// No further client waits.
    case noClient
    /// It concerns one client, or one call; the next client may be accepted at once.
    case goOn
    /// Accepting again at once would only spin: the socket stays readable, and the cause may last.
    case backOff
    /// The socket is of no use any more.
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

/// How many clients one turn of the event loop accepts: about as many as came at a time lately. A turn that accepts fewer
/// clients than wait comes back at once; one that asks for more than wait makes a call for nothing.
struct AcceptBatch: Equatable {
    /// A crowd leaves time for the connections that are there.
    static let sizeMax = 64
    /// So many full batches at most come before a larger one is tried.
    static let patienceMax = 16

    private(set) var size = 1
    private var patience = 1
    /// Since the size has changed.
    private var fullCount = 0

    /// As many were accepted as were asked for.
    mutating func wasFull() {
        // A larger size that was tried with success: a crowd is there.
        if self.size > 1, self.fullCount == 0 { self.patience = 1 }
        self.fullCount += 1
        guard self.fullCount >= self.patience, self.size < Self.sizeMax else { return }
        self.size = min(self.size * 2, Self.sizeMax)
        self.fullCount = 0
    }

    /// Only so many came.
    mutating func ranOut(after count: Int) {
        if self.size > 1, self.fullCount == 0 { self.patience = min(self.patience * 2, Self.patienceMax) }
        self.size = max(1, count)
        self.fullCount = self.size > 1 ? 1 : 0
    }
}

/// Why a listener accepts no client for now: each reason comes and goes by itself, and while there is one, clients wait with
/// the system.
struct PauseReasons: OptionSet, Sendable {
    let rawValue: UInt8

    /// The program does not want clients yet, or any more.
    static let held = Self(rawValue: 1)
    /// `Limits.connections` are there.
    static let full = Self(rawValue: 2)
    /// The system could not accept one.
    static let failing = Self(rawValue: 4)
}

/// When a listener that was lost is opened again.
struct ReopeningDelay: Equatable {
    static let first = Duration.milliseconds(50)
    static let longest = Duration.milliseconds(800)

    private var following = Self.first

    /// How long to wait before the next attempt: twice as long as before the last one.
    mutating func next() -> Duration {
        defer { self.following = min(self.following * 2, Self.longest) }
        return self.following
    }
}
