import Glibc

/// A client of a running lobbyd's control socket.
public struct ControlClient: ~Copyable {
    /// The reason why there is no answer. An error that lobbyd reports is a `ControlError`.
    public struct Unreachable: Error, Equatable, CustomStringConvertible {
        /// A sentence for an operator.
        public let description: String
    }

    /// The client's `SocketStream.Wait` has ended the wait for an answer.
    public struct Interrupted: Error, Equatable {
        public init() {}
    }

    /// The longest wait for a line of the answer.
    public static let answerTimeoutDefault = Duration.seconds(30)
    /// The longest time that connecting may take, in seconds. connect(2) waits while lobbyd's backlog is full.
    public static let connectTimeoutSeconds = 5

    private let stream: SocketStream
    private let answerTimeout: Duration
    private var lines = LineBuffer(bytesMax: ControlProtocol.answerBytesMax)

    /// Connects to the lobbyd that listens at `path`.
    ///
    /// - Parameter wait: called whenever the client waits for lobbyd.
    public init(
        path: String,
        answerTimeout: Duration = Self.answerTimeoutDefault,
        waitingBy wait: @escaping SocketStream.Wait = SocketStream.pollAlone
    ) throws(Unreachable) {
        guard let address = UnixSocketPath(path) else {
            throw Unreachable(description: "the path of a socket must have 1 to \(UnixSocketPath.bytesMax) bytes")
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Unreachable(errno, at: address) }
        // On a Unix socket, SO_SNDTIMEO also limits connect(2).
        var timeout = timeval(tv_sec: Self.connectTimeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard address.withAddress({ connect(descriptor, $0, $1) }) == 0 else {
            let error = Unreachable(errno, at: address)
            close(descriptor)
            throw error
        }
        self.stream = SocketStream(owning: descriptor, waitingBy: wait)
        self.answerTimeout = answerTimeout
    }

    /// Sends a command and returns its one-line answer.
    ///
    /// - Throws: `Unreachable`, `Interrupted`, or the daemon's `ControlError`.
    public mutating func ask<Result: JSONConvertible>(_ command: ControlCommand, _: Result.Type = Result.self) throws
        -> Result
    {
        var last = JSONValue.null
        try self.ask(command) { last = $0 }
        guard let result = Result(json: last) else { throw Unreachable.nonsense }
        return result
    }

    /// Sends a command and calls `body` with each piece of the answer.
    ///
    /// - Throws: `Unreachable`, `Interrupted`, the daemon's `ControlError`, or any error of `body`.
    public mutating func ask(_ command: ControlCommand, piece body: (JSONValue) throws -> Void) throws {
        do throws(SocketStream.Failure) {
            try self.stream.write(command.request, until: .now + self.answerTimeout)
        } catch {
            // A busy daemon answers and closes the connection, possibly before our request is written. So read its
            // answer even when writing fails.
            if error == .interrupted { throw Interrupted() }
        }
        while true {
            switch try self.answer() {
            case .error(let error): throw error
            case .result(let result, let more):
                try body(result)
                guard more else { return }
            }
        }
    }

    private mutating func answer() throws -> ControlAnswer {
        let deadline = ContinuousClock.now + self.answerTimeout
        while true {
            if let line = try self.nextLine() {
                guard let answer = ControlAnswer(line: line) else { throw Unreachable.nonsense }
                return answer
            }
            let bytes = try self.read(until: deadline)
            guard !bytes.isEmpty else { throw Unreachable(description: self.closed) }
            self.lines.append(bytes)
        }
    }

    private mutating func nextLine() throws(Unreachable) -> [UInt8]? {
        do throws(LineBuffer.TooLong) { return try self.lines.next() } catch { throw Unreachable.nonsense }
    }

    private func read(until deadline: ContinuousClock.Instant) throws -> [UInt8] {
        do throws(SocketStream.Failure) {
            return try self.stream.read(until: deadline)
        } catch {
            switch error {
            case .timedOut: throw Unreachable(description: "lobbyd did not answer within \(self.answerTimeout.text)")
            case .interrupted: throw Interrupted()
            case .system(ECONNRESET): throw Unreachable(description: self.closed)
            case .system(let errno):
                throw Unreachable(description: "cannot read lobbyd's answer: \(String(cString: strerror(errno)))")
            }
        }
    }

    private var closed: String {
        "lobbyd closed the connection \(self.lines.isEmpty ? "without an answer" : "in the middle of its answer")"
    }
}

extension ControlClient.Unreachable {
    /// The answer has a form that this version does not know.
    public static let nonsense = Self(description: "the answer is not from a lobbyd of this version")

    fileprivate init(_ errno: CInt, at path: UnixSocketPath) {
        let system = String(cString: strerror(errno))
        let reason =
            switch errno {
            case ENOENT: "\(system); is lobbyd running, and with this socket?"
            case EAGAIN: "lobbyd accepted no connection within \(ControlClient.connectTimeoutSeconds)s"
            // The system reports this error also for a file that is not a socket.
            case ECONNREFUSED where !path.isSocket: "this file is not a socket"
            case ECONNREFUSED: "\(system); no process listens on this socket"
            case EPROTOTYPE: "this is not a stream socket, so not lobbyd's"
            case EACCES, EPERM: "\(system); only root and the members of lobbyd's group may connect"
            default: system
            }
        self.init(description: "cannot reach lobbyd at \(path.text): \(reason)")
    }
}
