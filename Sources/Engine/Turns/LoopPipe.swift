import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The way into one event loop for work of other threads, and for work that the loop continues later. Any thread.
///
/// SwiftNIO runs every task that was added in the meantime before it polls its sockets again, so that a second event loop
/// which adds tasks fast enough keeps the first one from its sockets. Work that is posted here is an event among those of the
/// sockets instead (a byte on a local socket). A pass of the loop does the work that was posted before it, behind the sockets
/// of the pass; work that this posts again waits for the next pass.
///
/// A pipe that was not opened serves event loops without sockets: its work is a task of the loop.
// @unchecked: `contents` has a lock; `descriptor` is written before the pipe is shared.
final class LoopPipe: @unchecked Sendable {
    typealias Work = @Sendable () -> Void

    private struct Contents {
        var works: [Work] = []
        /// Whether posted work has to ring: the loop polls its end.
        var isOpen = false
    }

    let eventLoop: any EventLoop
    private let contents = NIOLockedValueBox(Contents())
    private var descriptor: CInt = -1

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    deinit {
        if self.descriptor >= 0 { close(self.descriptor) }
    }

    /// Makes the pipe an event source of its loop, before other threads know it.
    ///
    /// - Precondition: the process has two more descriptors. As with the loop's own ones, a program can't go on without them.
    func open() {
        var ends: [CInt] = [-1, -1]
        // A pair of sockets: a write to a pipe whose reader has closed would raise SIGPIPE.
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            preconditionFailure("no descriptors for the pipe of an event loop: errno \(errno)")
        }
        self.descriptor = ends[1]
        self.contents.withLockedValue { $0.isOpen = true }
        NIOPipeBootstrap(group: self.eventLoop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LoopPipeHandler(self))
                }
            }
            .takingOwnershipOfDescriptor(input: ends[0])
            .whenFailure { preconditionFailure("an event loop that refuses its pipe: \($0)") }
    }

    /// Hands work to a later pass of the loop. Work of one thread is done in the order in which it was posted.
    func post(_ work: @escaping Work) {
        let (isFirst, isOpen) = self.contents.withLockedValue { contents in
            contents.works.append(work)
            return (contents.works.count == 1, contents.isOpen)
        }
        guard isFirst else { return }
        guard isOpen else { return self.eventLoop.execute { self.runPosted() } }
        var byte: UInt8 = 0
        guard send(self.descriptor, &byte, 1, CInt(MSG_NOSIGNAL)) < 0, errno != EAGAIN else { return }
        // A full socket rings as well. Without memory for a byte, or with the loop at its end, a task has to do.
        self.eventLoop.execute { self.runPosted() }
    }

    /// Posts work when `time` has passed.
    @discardableResult
    func post(after time: TimeAmount, _ work: @escaping Work) -> Scheduled<Void> {
        self.eventLoop.scheduleTask(in: time) { self.post(work) }
    }

    /// Posts work whose result is awaited.
    func submit<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) -> EventLoopFuture<Result> {
        let promise = self.eventLoop.makePromise(of: Result.self)
        self.post { promise.completeWith(Swift.Result(catching: body)) }
        return promise.futureResult
    }

    /// Posts work that ends with a future of its own.
    func flatSubmit<Result: Sendable>(
        _ body: @escaping @Sendable () -> EventLoopFuture<Result>
    ) -> EventLoopFuture<Result> {
        let promise = self.eventLoop.makePromise(of: Result.self)
        self.post { body().cascade(to: promise) }
        return promise.futureResult
    }

    /// Does the work that was posted so far. On the event loop.
    fileprivate func runPosted() {
        let works = self.contents.withLockedValue { contents in
            defer { contents.works = [] }
            return contents.works
        }
        for work in works { work() }
    }

    /// The loop ends. Work that waits is done now, since its result may be awaited; later work is a task of the ended loop.
    fileprivate func ended() {
        self.contents.withLockedValue { $0.isOpen = false }
        self.runPosted()
    }
}

/// Joins the socket's channel to its `LoopPipe`.
private final class LoopPipeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let pipe: LoopPipe

    init(_ pipe: LoopPipe) {
        self.pipe = pipe
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A task that is added here runs in this pass, once the other sockets had their turn.
        context.eventLoop.execute { [pipe] in pipe.runPosted() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.pipe.ended()
    }
}
