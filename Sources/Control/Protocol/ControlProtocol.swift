/// The numbers of the control protocol; docs/control.md describes it.
public enum ControlProtocol {
    /// Stands in every line of both sides. It changes when a side could misunderstand the other.
    public static let version = 1
    /// The longest request, its line break included.
    public static let requestBytesMax = 64 * 1024
    /// The longest line of an answer that a client takes.
    public static let answerBytesMax = 16 * 1024 * 1024
    /// The longest text that goes with a kick, in UTF-8.
    public static let reasonBytesMax = 256
    /// For how long a level of the log may be set.
    public static let logLevelDurationMax = Duration.seconds(7 * 24 * 3600)
    /// Where lobbyd listens, and lobbyctl asks, unless told otherwise.
    public static let defaultSocketPath = "/run/lobbyd/control.sock"
}
