import CLinux
import Control
import Engine
import Glibc

/// Accepts control connections, and serves each on a thread of its own.
///
/// No event loop and no datagram waits for a control client. If the socket's file is lost, the server creates it again.
/// Any thread.
final class ControlServer: Sendable {
    /// The largest number of open control connections. The next one gets an error and is closed.
    static let connectionsMax = 8
    /// The pause after the system was out of file descriptors or memory for a client.
    static let pauseMilliseconds: CInt = 100
    /// The interval between checks of the socket's file.
    static let checkInterval = Duration.seconds(5)
    /// The interval between attempts to create a socket that could not be created at startup.
    static let retryMilliseconds: CInt = 1_000

    private struct State {
        /// nil before the socket could be created, and after the server is closed.
        var socket: ControlSocket?
        var isClosed = false
        var watch = ControlWatch()
    }

    private let path: UnixSocketPath
    private let responder: ControlResponder
    private let report: @Sendable (ControlWatch.News) -> Void
    private let state: Locked<State>

    /// Starts the server.
    ///
    /// - Parameters:
    ///   - canWait: whether the server starts even if the socket's directory is absent, and creates the socket later.
    ///   - report: called with the changes of the socket's file, on any thread.
    /// - Returns: the server. If `absence` is nil, clients can connect. Otherwise it is the reason why the server still
    ///   waits for the directory.
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

    /// - Returns: the reason why there is no socket yet; nil if clients can connect.
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

    /// Accepts no more clients. Answers in progress continue until the process ends.
    func close() {
        self.state.withLock { state in
            state.socket?.close()
            state.socket = nil
            state.isClosed = true
        }
    }

    /// Creates the socket's file if it is missing. Leaves another process's file alone.
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
            // The accept loop still takes the clients in the backlog of the old socket.
            socket.shut()
            return state.watch.reopened(after: "its file is gone")
        } catch {
            let reason = error == .occupied ? "\(error)" : "its file is gone and cannot be created: \(error)"
            return state.watch.lost(reason)
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

    /// Accepts clients until the socket is shut down.
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
            // The socket was shut down.
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
        let error = ControlError(.busy, "\(Self.connectionsMax) control connections are open, and no more are accepted")
        // The send buffer of a new socket has room for one line.
        try? SocketStream(owning: descriptor).write(ControlAnswer.error(error).line, until: .now + .milliseconds(10))
    }
}
