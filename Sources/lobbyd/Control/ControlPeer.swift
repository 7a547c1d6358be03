import Glibc

/// Who is at the other end of a Unix socket, as the kernel says.
struct ControlPeer: Sendable, Equatable {
    /// The user that connected.
    let uid: uid_t

    /// nil when the system does not tell, which it does for every connected Unix socket.
    init?(of descriptor: CInt) {
        // struct ucred of unix(7): the ids of process, user and group, which Glibc's module leaves out.
        var credentials: (pid: pid_t, uid: uid_t, gid: gid_t) = (0, 0, 0)
        let size = socklen_t(MemoryLayout.size(ofValue: credentials))
        var length = size
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == size else {
            return nil
        }
        self.uid = credentials.uid
    }
}
