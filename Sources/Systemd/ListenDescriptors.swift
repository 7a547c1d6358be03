import CSystemd
import Glibc

/// The sockets that systemd opened for the service and passed to it: socket activation, sd_listen_fds(3).
public enum ListenDescriptors {
    /// The environment is meant for this process but contradicts itself. The program that started this process is at
    /// fault.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// Takes the sockets out of the environment. Call it once, before there is a second thread.
    ///
    /// The sockets are closed on exec. Their names come from `FileDescriptorName=`, or are the names of their socket
    /// units.
    ///
    /// - Returns: an empty array when the process was started without sockets.
    /// - Throws: `Invalid` when the environment contradicts itself.
    public static func take() throws(Invalid) -> [InheritedSocket] {
        let environment = ListenEnvironment.ofThisProcess
        guard environment.isFor(process: getpid()) else { return [] }
        if let problem = environment.problem(isOpen: { fcntl(CInt($0), F_GETFD) >= 0 }) {
            throw Invalid(description: problem)
        }
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count > 0, let names else {
            throw Invalid(description: "libsystemd cannot return the sockets: \(String(cString: strerror(-count)))")
        }
        defer { free(names) }
        return (0..<Int(count)).map { index in
            let descriptor = SD_LISTEN_FDS_START + CInt(index)
            guard let name = names[index] else { return InheritedSocket(name: "", descriptor: descriptor) }
            defer { free(name) }
            return InheritedSocket(name: String(cString: name), descriptor: descriptor)
        }
    }
}

extension ListenEnvironment {
    fileprivate static var ofThisProcess: ListenEnvironment {
        ListenEnvironment(
            process: self.variable("LISTEN_PID"),
            count: self.variable("LISTEN_FDS"),
            names: self.variable("LISTEN_FDNAMES")
        )
    }

    private static func variable(_ name: String) -> [UInt8]? {
        getenv(name).map { Array(UnsafeBufferPointer(start: $0, count: strlen($0)).map(UInt8.init(bitPattern:))) }
    }
}
