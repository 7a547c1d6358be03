import Glibc
import Logging
import Systemd

/// The sockets that the service manager has opened before the daemon.
extension Daemon {
    /// The sockets that were passed on can't be told apart by name.
    func reportRefused(_ error: ListenDescriptors.Invalid) {
        self.log.record(.socketRefused, metadata: ["socket": "*", "reason": "\(error)"])
        self.notifier.failed(status: "sockets: \(error)", errno: EINVAL)
    }

    /// - Returns: the inherited descriptors by listener; nil when one can't be used, and the log says which.
    func matchedSockets(to listeners: [ListenerSettings]) -> [String: CInt]? {
        do throws(SocketMatching.Refusal) {
            return try SocketMatching.match(self.inheritedSockets, to: listeners)
        } catch {
            self.log.record(.socketRefused, metadata: ["socket": "\(error.socket)", "reason": "\(error.reason)"])
            self.notifier.failed(status: "socket \(error.socket.quoted): \(error.reason)", errno: EINVAL)
            return nil
        }
    }

    /// Refuses what would end the next start.
    func checkSockets(for loaded: LoadedConfiguration) throws(ConfigurationError) {
        do throws(SocketMatching.Refusal) {
            _ = try SocketMatching.match(self.inheritedSockets, to: loaded.configuration.listeners)
        } catch {
            let message = "socket \(error.socket.quoted): \(error.reason)"
            throw ConfigurationError(
                problems: [ConfigurationProblem(file: loaded.path, position: nil, message: message)]
            )
        }
    }
}
