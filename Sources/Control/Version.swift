/// The version, for `--version`, the log and `lobbyctl version`.
public enum Version {
    public static let text = "0.1.0"
}
