/// What one notification tells the service manager, as the text of `sd_notify(3)`: an assignment a line.
struct NotifyMessage: Sendable, Equatable {
    private(set) var text = ""

    /// systemd ignores a notification of more than 4096 bytes as a whole.
    private static let statusBytesMax = 2048

    static let ready = NotifyMessage("READY", "1")
    static let stopping = NotifyMessage("STOPPING", "1")
    static let alive = NotifyMessage("WATCHDOG", "1")

    /// - Parameter microseconds: the time on the monotonic clock, by which the manager tells one reload from another.
    static func reloading(at microseconds: UInt64) -> NotifyMessage {
        NotifyMessage("RELOADING", "1") + NotifyMessage("MONOTONIC_USEC", String(microseconds))
    }

    /// The line that `systemctl status` shows. A newline in it can't begin another assignment.
    static func status(_ status: String) -> NotifyMessage {
        NotifyMessage("STATUS", SafeText.escaped(status, bytesMax: self.statusBytesMax))
    }

    static func errno(_ errno: CInt) -> NotifyMessage {
        NotifyMessage("ERRNO", String(errno))
    }

    /// The service needs until `duration` from now, whatever its unit's timeout says.
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
