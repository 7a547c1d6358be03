/// What `--version` prints, the log says at the start and `lobbyctl` compares.
public enum Version {
    public static let text = "0.1.0"
}
