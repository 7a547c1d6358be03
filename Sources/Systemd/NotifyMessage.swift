/// One message for the service manager, in the form of `sd_notify(3)`: one assignment per line.
struct NotifyMessage: Sendable, Equatable {
    private(set) var text = ""

    /// systemd ignores a message of more than 4096 bytes entirely.
    private static let statusBytesMax = 2048

    static let ready = NotifyMessage("READY", "1")
    static let stopping = NotifyMessage("STOPPING", "1")
    static let alive = NotifyMessage("WATCHDOG", "1")

    /// A message that the service reads its configuration again.
    ///
    /// - Parameter microseconds: the time on the monotonic clock. The manager distinguishes reloads by it.
    static func reloading(at microseconds: UInt64) -> NotifyMessage {
        NotifyMessage("RELOADING", "1") + NotifyMessage("MONOTONIC_USEC", String(microseconds))
    }

    /// The line that `systemctl status` shows. Line breaks are escaped, so it cannot contain another assignment.
    static func status(_ status: String) -> NotifyMessage {
        NotifyMessage("STATUS", SafeText.escaped(status, bytesMax: self.statusBytesMax))
    }

    static func errno(_ errno: CInt) -> NotifyMessage {
        NotifyMessage("ERRNO", String(errno))
    }

    /// Asks for time until `duration` from now, regardless of the unit's timeout.
    static func extendTimeout(by duration: Duration) -> NotifyMessage {
        let (seconds, attoseconds) = duration.components
        return NotifyMessage("EXTEND_TIMEOUT_USEC", String(seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }

    private init(_ name: String, _ value: String) {
        self.text = "\(name)=\(value)"
    }

    static func + (first: NotifyMessage, second: NotifyMessage) -> NotifyMessage {
        var both = first
        both.text += "\n" + second.text
        return both
    }
}
