import CSystemd
import Glibc
import Synchronization

/// Tells systemd the state of the service. Any thread may call it. Without a service manager every call is a no-op.
///
/// Callers never wait. sd_notify(3) blocks while the manager does not read, so only a separate thread calls it. The
/// queued messages are bounded. Call `flush` before the process ends. If the system is out of threads, the caller
/// sends.
public final class Notifier: Sendable {
    private let backlog = Monitor(NotifyBacklog())
    /// Whether there is a service manager. Only then is a thread started.
    public let isHeard: Bool
    private let hasThread = Atomic(false)
    private let send: @Sendable (NotifyMessage) -> CInt
    private let startThread: @Sendable (@escaping @Sendable () -> Never) -> CInt

    /// Notifies `$NOTIFY_SOCKET`.
    ///
    /// The variable stays in the environment: sd_notify(3) looks it up for each message, and unsetting it while other
    /// threads read the environment is a race. A child process that inherits the variable does no harm: with
    /// `NotifyAccess=main` systemd ignores its messages.
    public convenience init() {
        self.init(isHeard: getenv("NOTIFY_SOCKET") != nil) { message in sd_notify(0, message.text) }
    }

    /// Makes a notifier.
    ///
    /// - Parameters:
    ///   - isHeard: whether there is a service manager.
    ///   - startThread: starts the sending thread. Returns 0, or the system's error number.
    ///   - send: sends a message, on the separate thread. Returns a negative number on failure.
    init(
        isHeard: Bool = true,
        startThread: @escaping @Sendable (@escaping @Sendable () -> Never) -> CInt = { SmallThread.start($0) },
        send: @escaping @Sendable (NotifyMessage) -> CInt
    ) {
        self.isHeard = isHeard
        self.startThread = startThread
        self.send = send
    }

    /// Reports that the service is up. This completes the start of the unit.
    public func ready(status: String) {
        self.tell { $0.add(.ready, status: status) }
    }

    /// Reports that the service is reading its configuration again. Call `ready` afterwards, whatever the outcome.
    ///
    /// - Parameter microseconds: the time on the monotonic clock.
    public func reloading(status: String, at microseconds: UInt64 = Notifier.monotonicMicroseconds) {
        self.tell { $0.add(.reloading(at: microseconds), status: status) }
    }

    /// The current time on the monotonic clock.
    public static var monotonicMicroseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }

    /// Sends the status if it has changed.
    public func status(_ status: String) {
        self.tell { $0.add(status: status) }
    }

    /// The time after which the manager kills a service that has not called `alive`; nil without a watchdog.
    public var watchdogTimeout: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(microseconds)
    }

    /// Reports that the service works.
    public func alive() {
        self.tell { $0.addSignOfLife() }
    }

    /// Reports that the service has begun to stop.
    public func stopping(status: String) {
        self.tell { $0.add(.stopping, status: status) }
    }

    /// Reports that the service is about to exit because of `status`. `errno` is the kind of failure, such as `EINVAL`.
    public func failed(status: String, errno: CInt) {
        self.tell { $0.add(.failed(errno: errno), status: status) }
    }

    /// Asks the manager to extend a start or stop timeout until `duration` from now. Repeat the call before that time.
    public func extendTimeout(by duration: Duration) {
        self.tell { $0.add(timeoutExtension: duration) }
    }

    /// Waits until all messages are sent.
    ///
    /// - Parameter limit: the longest wait. A manager that does not read must not keep the process alive.
    /// - Returns: false when some messages are not sent yet.
    @discardableResult
    public func flush(within limit: Duration = .seconds(1)) -> Bool {
        self.backlog.wait(within: limit) { $0.isSent }
    }

    private func tell(_ change: (inout NotifyBacklog) -> Void) {
        guard self.isHeard else { return }
        self.backlog.change(change)
        // The thread starts with the first message: by then the process has blocked the signals that only one thread
        // shall receive.
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
