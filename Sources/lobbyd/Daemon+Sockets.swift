import Glibc
import Logging
import Systemd

/// The sockets that the service manager opened and passed to lobbyd.
extension Daemon {
    /// Reports that the names of the passed sockets are invalid.
    func reportRefused(_ error: ListenDescriptors.Invalid) {
        self.log.record(.socketRefused, metadata: ["socket": "*", "reason": "\(error)"])
        self.notifier.failed(status: "sockets: \(error)", errno: EINVAL)
    }

    /// Assigns the passed sockets to listeners.
    ///
    /// - Returns: the descriptor of each listener that has one, by the listener's name; nil if a socket is unusable.
    ///   The log names that socket.
    func matchedSockets(to listeners: [ListenerSettings]) -> [String: CInt]? {
        do throws(SocketMatching.Refusal) {
            return try SocketMatching.match(self.inheritedSockets, to: listeners)
        } catch {
            self.log.record(.socketRefused, metadata: ["socket": "\(error.socket)", "reason": "\(error.reason)"])
            self.notifier.failed(status: "socket \(error.socket.quoted): \(error.reason)", errno: EINVAL)
            return nil
        }
    }

    /// Rejects a configuration with which the next start would fail, because it does not fit the passed sockets.
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
