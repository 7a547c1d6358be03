/// The constants of the control protocol, which docs/protocol.md describes.
public enum ControlProtocol {
    /// The version of the protocol, in every line of both directions. The version changes when an older program could
    /// misunderstand a newer one.
    public static let version = 1
    /// The longest request in bytes, with its line break.
    public static let requestBytesMax = 64 * 1024
    /// The longest line of an answer that a client accepts, in bytes.
    public static let answerBytesMax = 16 * 1024 * 1024
    /// The longest reason of a kick, in bytes of UTF-8.
    public static let reasonBytesMax = 256
    /// The longest time for which a log level may be set.
    public static let logLevelDurationMax = Duration.seconds(7 * 24 * 3600)
    /// The default path of lobbyd's control socket, also for lobbyctl.
    public static let defaultSocketPath = "/run/lobbyd/control.sock"
}
