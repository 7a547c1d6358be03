import CSystemd
import Glibc

/// The sockets that systemd has opened for the service and passed on: socket activation, sd_listen_fds(3).
public enum ListenDescriptors {
    /// The environment is for this process and contradicts itself: a fault of the program that has started this one.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// Takes them out of the environment. To be called once, before there is a second thread.
    ///
    /// They are closed on exec. Their names are those of `FileDescriptorName=`, or of their socket units.
    ///
    /// - Returns: none when the process was not started with sockets.
    /// - Throws: `Invalid`, when it was and they can't be told.
    public static func take() throws(Invalid) -> [InheritedSocket] {
        let environment = ListenEnvironment.ofThisProcess
        guard environment.isFor(process: getpid()) else { return [] }
        if let problem = environment.problem(isOpen: { fcntl(CInt($0), F_GETFD) >= 0 }) {
            throw Invalid(description: problem)
        }
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count > 0, let names else {
            throw Invalid(description: "the sockets can't be taken: \(String(cString: strerror(-count)))")
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
