import Glibc

/// The identity of a file.
struct FileIdentity: Sendable, Equatable {
    let device: dev_t
    let inode: ino_t
    let isSocket: Bool

    /// The file at the path, or the link itself if it is one.
    ///
    /// - Returns: nil, with `errno`, if there is none.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// - Returns: nil, with `errno`, if the descriptor is not open.
    init?(of descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        self.device = status.st_dev
        self.inode = status.st_ino
        self.isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
