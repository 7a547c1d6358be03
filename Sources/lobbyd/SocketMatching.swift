import Engine
import Systemd

/// Gives each inherited socket to the listener that has its name.
enum SocketMatching {
    /// Why a socket can't be used: an error of the socket unit or of the configuration.
    struct Refusal: Error, Equatable {
        var socket: String
        var reason: String
    }

    private struct Place: Hashable {
        let transport: Transport
        let address: [UInt8]
    }

    /// - Parameters:
    ///   - kind: the kind of a socket.
    ///   - address: where it is bound.
    /// - Returns: the descriptors of those listeners that have one, by the listener's name.
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
                throw Refusal(socket: socket.name, reason: "no listener has this name; there are \(names)")
            }
            guard kind(socket) == listener.transport.socketKind else {
                throw Refusal(socket: socket.name, reason: "the listener needs \(listener.transport.socketDescription)")
            }
            guard matched.updateValue(socket.descriptor, forKey: socket.name) == nil else {
                throw Refusal(socket: socket.name, reason: "two sockets have this name, and a listener has one")
            }
            // The system would give each client to one of the two listeners at random.
            let place = Place(transport: listener.transport, address: address(socket))
            if let other = names.updateValue(socket.name, forKey: place) {
                let reason = "it has the address and port of socket \(other.quoted), and a port has one listener"
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
        case .tcp: "a TCP socket that listens, of ListenStream="
        case .udp: "a UDP socket, of ListenDatagram="
        }
    }
}
