import Glibc

/// Reads and writes a Unix socket with deadlines. It owns the descriptor. One thread at a time may use it.
public struct SocketStream: ~Copyable {
    public enum Failure: Error, Equatable {
        case timedOut
        /// The program has cancelled the wait.
        case interrupted
        /// The system's error, by its `errno`.
        case system(CInt)
    }

    /// Returns when the socket is ready for one of the events.
    ///
    /// Throws `timedOut` at the deadline, and `interrupted` when the program cancels the wait.
    public typealias Wait = (_ socket: pollfd, _ deadline: ContinuousClock.Instant) throws(Failure) -> Void

    public let descriptor: CInt
    private let waitUntilReady: Wait

    /// Takes ownership of a connected socket.
    ///
    /// - Parameter wait: called before each read and write.
    public init(owning descriptor: CInt, waitingBy wait: @escaping Wait = Self.pollAlone) {
        self.descriptor = descriptor
        self.waitUntilReady = wait
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(self.descriptor) }

    /// Reads up to 16 KiB; empty at the end of the stream.
    public func read(until deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
        var failure: CInt = 0
        repeat {
            try self.wait(for: POLLIN, until: deadline)
            let chunk = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
                let received = recv(self.descriptor, buffer.baseAddress, buffer.count, 0)
                failure = received < 0 ? errno : 0
                count = max(received, 0)
            }
            if failure == 0 { return chunk }
        } while failure == EINTR || failure == EAGAIN
        throw .system(failure)
    }

    /// Writes all bytes.
    public func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(Failure) {
        var left = bytes[...]
        while !left.isEmpty {
            try self.wait(for: POLLOUT, until: deadline)
            let sent = left.withUnsafeBytes {
                send(self.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard sent >= 0 || errno == EINTR || errno == EAGAIN else { throw .system(errno) }
            left = left.dropFirst(max(sent, 0))
        }
    }

    private func wait(for events: CInt, until deadline: ContinuousClock.Instant) throws(Failure) {
        try self.waitUntilReady(pollfd(fd: self.descriptor, events: Int16(events), revents: 0), deadline)
    }

    /// Waits for the socket and no other event.
    public static func pollAlone(_ socket: pollfd, until deadline: ContinuousClock.Instant) throws(Failure) {
        var socket = socket
        repeat {
            // One millisecond more, so that the loop does not spin during the last millisecond.
            let milliseconds = (deadline - .now) / .milliseconds(1) + 1
            guard milliseconds > 0 else { throw .timedOut }
            let ready = poll(&socket, 1, CInt(min(milliseconds, 1_000_000)))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw .system(errno) }
        } while true
    }
}
