import CLinux
import Control
import Engine
import Glibc

/// Takes control connections, a few at a time, each on a thread of its own: whatever one of them asks for, no event loop waits
/// for it, and no datagram. It makes the socket's file again when that is lost. Any thread.
final class ControlServer: Sendable {
    /// Control connections at one time; the next one is told so and closed.
    static let connectionsMax = 8
    /// How long no client is accepted after the system was out of descriptors or memory for one.
    static let pauseMilliseconds: CInt = 100
    /// How often it looks whether the socket's file is still there.
    static let checkInterval = Duration.seconds(5)
    /// How often it tries to make a socket that could not be made at the start.
    static let retryMilliseconds: CInt = 1_000

    private struct State {
        /// nil while it could not be made yet, and once the server is closed.
        var socket: ControlSocket?
        var isClosed = false
        var watch = ControlWatch()
    }

    private let path: UnixSocketPath
    private let responder: ControlResponder
    private let report: @Sendable (ControlWatch.News) -> Void
    private let state: Locked<State>

    /// - Parameters:
    ///   - canWait: whether the server also starts while the socket's place is absent, and makes the socket later.
    ///   - report: gets the news of the socket's file, on any thread.
    /// - Returns: when clients can connect, or the server waits for the place, with the reason.
    static func start(
        at path: UnixSocketPath,
        canWait: Bool = false,
        _ responder: ControlResponder,
        report: @escaping @Sendable (ControlWatch.News) -> Void
    ) throws(ControlSocketError) -> (server: ControlServer, absence: ControlSocketError?) {
        let server = ControlServer(at: path, responder, report)
        let absence = try server.open(canWait: canWait)
        let code = DetachedThread.run { server.acceptAll() }
        guard code == 0 else {
            server.close()
            throw .system(code)
        }
        return (server, absence)
    }

    private init(
        at path: UnixSocketPath,
        _ responder: ControlResponder,
        _ report: @escaping @Sendable (ControlWatch.News) -> Void
    ) {
        self.path = path
        self.responder = responder
        self.report = report
        self.state = Locked(State())
    }

    /// - Returns: why there is no socket yet.
    private func open(canWait: Bool) throws(ControlSocketError) -> ControlSocketError? {
        do throws(ControlSocketError) {
            let socket = try ControlSocket.open(self.path)
            self.state.withLock { $0.socket = socket }
            return nil
        } catch {
            guard canWait, error.isAbsentPlace else { throw error }
            self.state.withLock { $0.watch = ControlWatch(reason: "\(error)") }
            return error
        }
    }

    /// Takes no more clients; answers that are under way end with the process.
    func close() {
        self.state.withLock { state in
            state.socket?.close()
            state.socket = nil
            state.isClosed = true
        }
    }

    /// Makes the socket's file if it is gone or was not there yet. A file that another process has put in its place is left
    /// alone.
    func check() {
        self.state.withLock { state in
            guard !state.isClosed else { return }
            let news = state.socket.map { self.check($0, &state) } ?? self.openLate(&state)
            for news in news { self.report(news) }
        }
    }

    private func openLate(_ state: inout State) -> [ControlWatch.News] {
        do throws(ControlSocketError) {
            state.socket = try ControlSocket.open(self.path)
            return state.watch.found()
        } catch {
            return state.watch.lost("\(error)")
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
        while true {
            let (socket, isClosed) = self.state.withLock { ($0.socket, $0.isClosed) }
            if let socket {
                self.acceptAll(from: socket.descriptor)
                Glibc.close(socket.descriptor)
            } else if isClosed {
                return
            } else {
                poll(nil, 0, Self.retryMilliseconds)
                self.check()
            }
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
            let descriptor = accept4(listener, nil, nil, CInt(SOCK_CLOEXEC.rawValue))
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
