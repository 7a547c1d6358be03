/// What `--version` prints and the log says at the start.
enum Version {
    static let text = "0.1.0"
}
