import CSystemd
import Glibc
import Synchronization

/// Tells systemd how the service is doing. Every call is harmless where no service manager listens; any thread may call.
///
/// Who calls never waits: a manager that does not read blocks sd_notify(3), and only a thread of its own calls that. What
/// waits for it is bounded; `flush` before the end of the process. Where the system has no thread for it, the caller sends.
public final class Notifier: Sendable {
    private let backlog = Monitor(NotifyBacklog())
    /// Whether there is a manager: then it takes a thread.
    public let isHeard: Bool
    private let hasThread = Atomic(false)
    private let send: @Sendable (NotifyMessage) -> CInt
    private let startThread: @Sendable (@escaping @Sendable () -> Never) -> CInt

    /// Notifies `$NOTIFY_SOCKET`.
    ///
    /// The variable stays in the environment: each message looks for it anew, and to unset it while other threads read the
    /// environment is a race. A child process that inherits it is not heard, given `NotifyAccess=main`.
    public convenience init() {
        self.init(isHeard: getenv("NOTIFY_SOCKET") != nil) { message in sd_notify(0, message.text) }
    }

    /// - Parameters:
    ///   - isHeard: whether there is a manager.
    ///   - startThread: starts the thread that sends; returns 0, or the system's error number.
    ///   - send: returns a negative number when it could not send. On a thread of its own.
    init(
        isHeard: Bool = true,
        startThread: @escaping @Sendable (@escaping @Sendable () -> Never) -> CInt = { SmallThread.start($0) },
        send: @escaping @Sendable (NotifyMessage) -> CInt
    ) {
        self.isHeard = isHeard
        self.startThread = startThread
        self.send = send
    }

    /// Everything is up: the start of the unit is complete.
    public func ready(status: String) {
        self.tell { $0.add(.ready, status: status) }
    }

    /// The configuration is being read again; `ready` has to follow, whatever comes of it.
    ///
    /// - Parameter microseconds: the time on the monotonic clock.
    public func reloading(status: String, at microseconds: UInt64 = Notifier.monotonicMicroseconds) {
        self.tell { $0.add(.reloading(at: microseconds), status: status) }
    }

    /// Now, on the monotonic clock.
    public static var monotonicMicroseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }

    /// Sends the status if it is another than before.
    public func status(_ status: String) {
        self.tell { $0.add(status: status) }
    }

    /// How long the service manager waits for `alive` before it ends the service; nil when it does not.
    public var watchdogTimeout: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(microseconds)
    }

    /// The service does what it should.
    public func alive() {
        self.tell { $0.addSignOfLife() }
    }

    /// The service has begun to stop.
    public func stopping(status: String) {
        self.tell { $0.add(.stopping, status: status) }
    }

    /// The service is about to exit because of `status`; `errno` is the kind of failure, such as `EINVAL`.
    public func failed(status: String, errno: CInt) {
        self.tell { $0.add(.failed(errno: errno), status: status) }
    }

    /// Asks for `duration` from now before a timeout of start or stop strikes. To be repeated before it has passed.
    public func extendTimeout(by duration: Duration) {
        self.tell { $0.add(timeoutExtension: duration) }
    }

    /// Waits until the manager has been told all.
    ///
    /// - Parameter limit: how long, at the most; a manager that does not read must not keep the process.
    /// - Returns: false when something is left.
    @discardableResult
    public func flush(within limit: Duration = .seconds(1)) -> Bool {
        self.backlog.wait(within: limit) { $0.isSent }
    }

    private func tell(_ change: (inout NotifyBacklog) -> Void) {
        guard self.isHeard else { return }
        self.backlog.change(change)
        // With the first message: by then the process has blocked the signals that only one thread shall get.
        guard !self.hasThread.exchange(true, ordering: .relaxed) else { return }
        guard self.startThread({ self.sendForever() }) != 0 else { return }
        self.hasThread.store(false, ordering: .relaxed)
        while let message = self.backlog.change({ $0.take() }) { self.deliver(message) }
    }

    private func sendForever() -> Never {
        while true { self.deliver(self.backlog.wait { $0.take() }) }
    }

    private func deliver(_ message: NotifyMessage) {
        let hasArrived = self.send(message) >= 0
        self.backlog.change { $0.sent(hasArrived: hasArrived) }
    }
}
