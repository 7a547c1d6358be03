import Glibc
import NIOCore

/// Decides about an error of accept(2) by its number.
enum AcceptError: Equatable {
    /// That one client is gone; the next may be accepted at once.
    case clientGone
    /// Descriptors or memory have run out; accepting again at once would only spin.
    case exhausted
    /// NIO closes the rendezvous socket.
    case fatal

    init(code: CInt) {
        switch code {
        case ECONNABORTED: self = .clientGone
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .exhausted
        default: self = .fatal
        }
    }
}

/// Takes no clients for a moment when the system has nothing left for them, and reports what went wrong.
///
/// NIO's `AcceptBackoffHandler` withholds reads, but a read that is pending already stays so after a failed accept, and epoll
/// reports the same client without end. Switching automatic reads off is what unregisters the socket.
final class AcceptErrorHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    /// How long nobody is accepted.
    static let backoff = TimeAmount.milliseconds(100)

    private let listener: ConnectionListener
    private var resumption: Scheduled<Void>?

    init(listener: ConnectionListener) {
        self.listener = listener
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode else { return context.fireErrorCaught(error) }
        let kind = AcceptError(code: code)
        if kind == .exhausted { self.pause(context.channel) }
        if kind != .clientGone {
            self.listener.observer.acceptFailed(
                rendezvous: self.listener.rendezvous,
                errorCode: code,
                isFatal: kind == .fatal
            )
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.resumption?.cancel()
        context.fireChannelInactive()
    }

    private func pause(_ channel: any Channel) {
        guard self.resumption == nil else { return }
        self.setAutoRead(false, channel)
        self.resumption = channel.eventLoop.assumeIsolated().scheduleTask(in: Self.backoff) {
            self.resumption = nil
            self.setAutoRead(true, channel)
        }
    }

    private func setAutoRead(_ isOn: Bool, _ channel: any Channel) {
        // It fails on a closed channel only, which reads nothing anyway.
        try? channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
