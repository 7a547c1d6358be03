import Control
import Glibc
import PandaNet

/// Takes control connections, a few at a time, each on a thread of its own: whatever one of them asks for, no event loop waits
/// for it, and no datagram.
struct ControlServer: Sendable {
    /// Control connections at one time; the next one is told so and closed.
    static let connectionsMax = 8
    /// How long nobody is accepted after the system had nothing left for one.
    static let pauseMilliseconds: CInt = 100

    private let socket: ControlSocket
    private let responder: ControlResponder

    /// - Returns: when clients can connect.
    static func start(at path: UnixSocketPath, _ responder: ControlResponder) throws(ControlSocketError)
        -> ControlServer
    {
        let server = ControlServer(socket: try ControlSocket.open(path), responder: responder)
        let code = DetachedThread.run { server.acceptAll() }
        guard code == 0 else {
            server.close()
            throw .system(code)
        }
        return server
    }

    /// Takes no more clients; answers that are under way end with the process.
    func close() {
        self.socket.close()
    }

    private func acceptAll() {
        while true {
            let descriptor = accept(self.socket.descriptor, nil, nil)
            if descriptor >= 0 {
                self.admit(descriptor)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            // It was shut.
            case EINVAL: return
            default: poll(nil, 0, Self.pauseMilliseconds)
            }
        }
    }

    private func admit(_ descriptor: CInt) {
        let counts = self.responder.counts
        let isWithinLimit = counts.open.wrappingAdd(1, ordering: .relaxed).newValue <= Self.connectionsMax
        guard isWithinLimit, let peer = ControlPeer(of: descriptor) else {
            counts.open.wrappingSubtract(1, ordering: .relaxed)
            counts.refused.wrappingAdd(1, ordering: .relaxed)
            return Self.refuse(descriptor)
        }
        let responder = self.responder
        let code = DetachedThread.run {
            var conversation = ControlConversation(owning: descriptor, peer: peer, responder: responder)
            conversation.run()
            responder.counts.open.wrappingSubtract(1, ordering: .relaxed)
        }
        guard code != 0 else { return }
        counts.open.wrappingSubtract(1, ordering: .relaxed)
        Glibc.close(descriptor)
    }

    private static func refuse(_ descriptor: CInt) {
        let error = ControlError(.busy, "\(Self.connectionsMax) control connections are open, and no more are taken")
        // A new socket has room for a line.
        try? SocketStream(owning: descriptor).write(ControlAnswer.error(error).line, until: .now + .milliseconds(10))
    }
}
