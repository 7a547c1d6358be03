import Control
import Glibc
import NIOConcurrencyHelpers
import PandaNet

/// Takes control connections, a few at a time, each on a thread of its own: whatever one of them asks for, no event loop waits
/// for it, and no datagram. It makes the socket's file again when that is lost. Any thread.
final class ControlServer: Sendable {
    /// Control connections at one time; the next one is told so and closed.
    static let connectionsMax = 8
    /// How long no client is accepted after the system had nothing left for one.
    static let pauseMilliseconds: CInt = 100
    /// How often it looks whether the socket's file is still there.
    static let checkInterval = Duration.seconds(5)

    private struct State {
        /// nil once it is closed.
        var socket: ControlSocket?
        var watch = ControlWatch()
    }

    private let path: UnixSocketPath
    private let responder: ControlResponder
    private let report: @Sendable (ControlWatch.News) -> Void
    private let state: NIOLockedValueBox<State>

    /// - Parameter report: gets the news of the socket's file, on any thread.
    /// - Returns: when clients can connect.
    static func start(
        at path: UnixSocketPath,
        _ responder: ControlResponder,
        report: @escaping @Sendable (ControlWatch.News) -> Void
    ) throws(ControlSocketError) -> ControlServer {
        let server = ControlServer(try ControlSocket.open(path), at: path, responder, report)
        let code = DetachedThread.run { server.acceptAll() }
        guard code == 0 else {
            server.close()
            throw .system(code)
        }
        return server
    }

    private init(
        _ socket: ControlSocket,
        at path: UnixSocketPath,
        _ responder: ControlResponder,
        _ report: @escaping @Sendable (ControlWatch.News) -> Void
    ) {
        self.path = path
        self.responder = responder
        self.report = report
        self.state = NIOLockedValueBox(State(socket: socket))
    }

    /// Takes no more clients; answers that are under way end with the process.
    func close() {
        self.state.withLockedValue { state in
            state.socket?.close()
            state.socket = nil
        }
    }

    /// Makes the socket's file again if it is gone. A file that another process has put in its place is left alone.
    func check() {
        self.state.withLockedValue { state in
            guard let socket = state.socket else { return }
            for news in self.check(socket, &state) { self.report(news) }
        }
    }

    private func check(_ socket: ControlSocket, _ state: inout State) -> [ControlWatch.News] {
        switch socket.place {
        case .own: return state.watch.found()
        case .other: return state.watch.lost("\(ControlSocketError.occupied)")
        case .empty: break
        }
        do throws(ControlSocketError) {
            state.socket = try ControlSocket.open(self.path, isReplacing: false)
            // Clients that were waiting are still accepted.
            socket.shut()
            return state.watch.reopened(after: "its file is gone")
        } catch {
            return state.watch.lost(error == .occupied ? "\(error)" : "its file is gone, and can't be made: \(error)")
        }
    }

    private func acceptAll() {
        while let socket = self.state.withLockedValue({ $0.socket }) {
            self.acceptAll(from: socket.descriptor)
            Glibc.close(socket.descriptor)
        }
    }

    /// - Returns: once the socket was shut.
    private func acceptAll(from listener: CInt) {
        var nextCheck = ContinuousClock.now + Self.checkInterval
        while true {
            let left = (nextCheck - .now) / .milliseconds(1)
            if left <= 0 {
                self.check()
                nextCheck = .now + Self.checkInterval
                continue
            }
            var events = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&events, 1, CInt(left) + 1) > 0 else { continue }
            let descriptor = accept(listener, nil, nil)
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
