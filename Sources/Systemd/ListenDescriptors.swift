import CSystemd
import Glibc

/// The sockets that systemd has opened for the service and passed on: socket activation, sd_listen_fds(3).
public enum ListenDescriptors {
    /// Takes them out of the environment. To be called once, before there is a second thread.
    ///
    /// They are closed on exec. Their names are those of `FileDescriptorName=`, or of their socket units.
    ///
    /// - Returns: none when the process was not started with sockets.
    public static func take() -> [InheritedSocket] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        // A negative count is an environment that is not for this process, or garbage: nothing that could be used.
        guard count > 0, let names else { return [] }
        defer { free(names) }
        return (0..<Int(count)).map { index in
            let descriptor = SD_LISTEN_FDS_START + CInt(index)
            guard let name = names[index] else { return InheritedSocket(name: "", descriptor: descriptor) }
            defer { free(name) }
            return InheritedSocket(name: String(cString: name), descriptor: descriptor)
        }
    }
}
