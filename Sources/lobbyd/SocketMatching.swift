import Engine
import Systemd

/// Assigns each inherited socket to the listener of the same name.
enum SocketMatching {
    /// The reason why a socket is unusable: an error in the socket unit or in the configuration.
    struct Refusal: Error, Equatable {
        var socket: String
        var reason: String
    }

    private struct Place: Hashable {
        let transport: Transport
        let address: [UInt8]
    }

    /// - Parameters:
    ///   - kind: returns the kind of a socket.
    ///   - address: returns the address to which a socket is bound.
    /// - Returns: the descriptor of each listener that has a socket, by the listener's name.
    static func match(
        _ sockets: [InheritedSocket],
        to listeners: [ListenerSettings],
        kind: (InheritedSocket) -> InheritedSocket.Kind = \.kind,
        address: (InheritedSocket) -> [UInt8] = \.address
    ) throws(Refusal) -> [String: CInt] {
        var matched: [String: CInt] = [:]
        var names: [Place: String] = [:]
        for socket in sockets {
            guard let listener = listeners.first(where: { $0.name == socket.name }) else {
                let names = listeners.map(\.name.quoted).joined(separator: ", ")
                throw Refusal(socket: socket.name, reason: "no listener has this name; the listeners are \(names)")
            }
            guard kind(socket) == listener.transport.socketKind else {
                throw Refusal(socket: socket.name, reason: "the listener needs \(listener.transport.socketDescription)")
            }
            guard matched.updateValue(socket.descriptor, forKey: socket.name) == nil else {
                throw Refusal(socket: socket.name, reason: "two sockets have this name, but a listener takes one")
            }
            // The system would give each client to one of the two listeners at random.
            let place = Place(transport: listener.transport, address: address(socket))
            if let other = names.updateValue(socket.name, forKey: place) {
                let reason = "socket \(other.quoted) has the same address and port, but a port takes one listener"
                throw Refusal(socket: socket.name, reason: reason)
            }
        }
        return matched
    }
}

extension Transport {
    fileprivate var socketKind: InheritedSocket.Kind {
        switch self {
        case .tcp: .stream
        case .udp: .datagram
        }
    }

    fileprivate var socketDescription: String {
        switch self {
        case .tcp: "a listening TCP socket (ListenStream=)"
        case .udp: "a UDP socket (ListenDatagram=)"
        }
    }
}
