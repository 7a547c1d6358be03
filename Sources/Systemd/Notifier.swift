import CSystemd
import Glibc

/// Tells systemd how the service is doing. Every call is harmless where no service manager listens; any thread may call.
public final class Notifier: Sendable {
    /// The status that the manager has. Held while sending, so that the last status sent is the last one asked for.
    private let shown = Monitor<String?>(nil)
    private let send: @Sendable (NotifyMessage) -> CInt

    /// Notifies `$NOTIFY_SOCKET`.
    ///
    /// The variable stays in the environment: each message looks for it anew, and to unset it while other threads read the
    /// environment is a race. A child process that inherits it is not heard, given `NotifyAccess=main`.
    public convenience init() {
        self.init { message in sd_notify(0, message.text) }
    }

    /// - Parameter send: returns a negative number when it could not send.
    init(send: @escaping @Sendable (NotifyMessage) -> CInt) {
        self.send = send
    }

    /// Everything is up: the start of the unit is complete.
    public func ready(status: String) {
        self.show(status, after: .ready)
    }

    /// The configuration is being read again; `ready` has to follow, whatever comes of it.
    ///
    /// - Parameter microseconds: the time on the monotonic clock.
    public func reloading(status: String, at microseconds: UInt64 = Notifier.monotonicMicroseconds) {
        self.show(status, after: .reloading(at: microseconds))
    }

    /// Now, on the monotonic clock.
    public static var monotonicMicroseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }

    /// Sends the status if it is another than before.
    public func status(_ status: String) {
        self.shown.change { shown in
            guard shown != status else { return }
            if self.send(.status(status)) >= 0 { shown = status }
        }
    }

    /// How long the service manager waits for `alive` before it ends the service; nil when it does not.
    public var watchdogTimeout: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(microseconds)
    }

    /// The service does what it should.
    public func alive() {
        _ = self.send(.alive)
    }

    /// The service has begun to stop.
    public func stopping(status: String) {
        self.show(status, after: .stopping)
    }

    /// The service is about to exit because of `status`; `errno` is the kind of failure, such as `EINVAL`.
    public func failed(status: String, errno: CInt) {
        self.show(status, after: .errno(errno))
    }

    /// Asks for `duration` from now before a timeout of start or stop strikes. To be repeated before it has passed.
    public func extendTimeout(by duration: Duration) {
        _ = self.send(.extendTimeout(by: duration))
    }

    private func show(_ status: String, after news: NotifyMessage) {
        self.shown.change { shown in
            if self.send(news + .status(status)) >= 0 { shown = status }
        }
    }
}
