import Glibc

/// The process at the other end of a Unix socket, as the kernel reports it.
struct ControlPeer: Sendable, Equatable {
    /// The user id of the client.
    let uid: uid_t

    /// nil if the kernel does not report the peer. The kernel reports it for every connected Unix socket.
    init?(of descriptor: CInt) {
        // struct ucred of unix(7): the ids of process, user and group. Swift's Glibc module lacks this type.
        var credentials: (pid: pid_t, uid: uid_t, gid: gid_t) = (0, 0, 0)
        let size = socklen_t(MemoryLayout.size(ofValue: credentials))
        var length = size
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == size else {
            return nil
        }
        self.uid = credentials.uid
    }
}
