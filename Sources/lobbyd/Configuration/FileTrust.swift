import Glibc

/// Decides from a file's permissions whether this process may trust it. A user who can write to or replace the
/// configuration controls the process.
struct FileTrust: Sendable {
    /// The effective user of this process.
    let user: uid_t
    /// The user who became root with sudo(8).
    var sudoUser: uid_t?

    /// The rules for the user of this process.
    static var current: FileTrust {
        FileTrust(user: geteuid(), sudoUser: getenv("SUDO_UID").flatMap { uid_t(String(cString: $0)) })
    }

    private var isRoot: Bool { self.user == 0 }

    /// The reason to refuse a file with this mode; nil when the mode is safe.
    func fault(ofFile mode: mode_t) -> FileReadError? {
        if mode & S_IWOTH != 0 { return .isWritableByAll }
        return self.isRoot && mode & S_IWGRP != 0 ? .isWritableByGroup : nil
    }

    /// Whether every user may replace a file in a directory with this mode. With the sticky bit, only root and the
    /// owners of the file and of the directory may replace it.
    func isReplaceable(inDirectory mode: mode_t) -> Bool {
        mode & S_IWOTH != 0 && mode & S_ISVTX == 0
    }

    /// `owner`, when this process is root and should not trust that user; otherwise nil.
    func stranger(_ owner: uid_t) -> uid_t? {
        self.isRoot && owner != 0 && owner != self.sudoUser ? owner : nil
    }
}
