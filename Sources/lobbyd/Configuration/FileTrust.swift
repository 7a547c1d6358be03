import Glibc

/// Decides from the permissions of a file whether it may rule this process. A user who can write to it, or put another file in
/// its place, rules the process.
struct FileTrust: Sendable {
    /// The effective user of this process.
    let user: uid_t
    /// The user who became root with sudo(8).
    var sudoUser: uid_t?

    /// That of this process.
    static var current: FileTrust {
        FileTrust(user: geteuid(), sudoUser: getenv("SUDO_UID").flatMap { uid_t(String(cString: $0)) })
    }

    private var isRoot: Bool { self.user == 0 }

    /// Why a file with this mode is refused; nil when it is not.
    func fault(ofFile mode: mode_t) -> FileReadError? {
        if mode & S_IWOTH != 0 { return .isWritableByAll }
        return self.isRoot && mode & S_IWGRP != 0 ? .isWritableByGroup : nil
    }

    /// Whether everyone may replace a file in a directory with this mode. With the sticky bit only its owner may.
    func isReplaceable(inDirectory mode: mode_t) -> Bool {
        mode & S_IWOTH != 0 && mode & S_ISVTX == 0
    }

    /// `owner`, when this process is root and should not obey that user; otherwise nil.
    func stranger(_ owner: uid_t) -> uid_t? {
        self.isRoot && owner != 0 && owner != self.sudoUser ? owner : nil
    }
}
