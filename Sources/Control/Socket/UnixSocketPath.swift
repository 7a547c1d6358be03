import Glibc

/// A path that is short enough for a Unix socket.
public struct UnixSocketPath: Sendable, Equatable {
    /// The size of the system's field `sun_path`, without the final zero.
    public static let bytesMax = 107

    public let text: String

    /// Checks the path.
    ///
    /// - Returns: nil for an empty path, a path that is too long, and a path that contains a zero byte.
    public init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        self.text = text
    }

    /// Whether the file at this path is a socket; true when stat(2) fails.
    var isSocket: Bool {
        var status = stat()
        guard stat(self.text, &status) == 0 else { return true }
        return status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Calls `body` with the address, for bind(2) and connect(2).
    public func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: self.text.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
