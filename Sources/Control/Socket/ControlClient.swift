import Glibc

/// Asks a running lobbyd, and waits for its answers.
public struct ControlClient: ~Copyable {
    /// Why there is no answer. What lobbyd answers is a `ControlError`.
    public struct Unreachable: Error, Equatable, CustomStringConvertible {
        /// A sentence for people.
        public let description: String
    }

    /// The wait for an answer was interrupted, by the `SocketStream.Wait` of the client.
    public struct Interrupted: Error, Equatable {
        public init() {}
    }

    /// How long lobbyd may take for a line.
    public static let answerTimeoutDefault = Duration.seconds(30)
    /// How long a connection may wait for lobbyd to have room for it, in seconds.
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
            throw Unreachable(description: "the path of a socket has 1 to \(UnixSocketPath.bytesMax) bytes")
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Unreachable(errno, at: address) }
        // Of connect(2), too, on a Unix socket.
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

    /// What lobbyd answers to a command whose answer is one line.
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

    /// Calls `body` with each piece of the answer.
    ///
    /// - Throws: `Unreachable`, `Interrupted`, the daemon's `ControlError`, or what `body` throws.
    public mutating func ask(_ command: ControlCommand, piece body: (JSONValue) throws -> Void) throws {
        do throws(SocketStream.Failure) {
            try self.stream.write(command.request, until: .now + self.answerTimeout)
        } catch {
            // A daemon that has no place for us says so and closes, maybe before we have asked: its answer is read all the
            // same.
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
            case .timedOut: throw Unreachable(description: "lobbyd has not answered within \(self.answerTimeout.text)")
            case .interrupted: throw Interrupted()
            case .system(ECONNRESET): throw Unreachable(description: self.closed)
            case .system(let errno):
                throw Unreachable(description: "can't read lobbyd's answer: \(String(cString: strerror(errno)))")
            }
        }
    }

    private var closed: String {
        "lobbyd has closed the connection \(self.lines.isEmpty ? "without an answer" : "in the middle of its answer")"
    }
}

extension ControlClient.Unreachable {
    /// What answers is understood by no client of this version.
    public static let nonsense = Self(description: "what answers there is no lobbyd of this version")

    fileprivate init(_ errno: CInt, at path: UnixSocketPath) {
        let system = String(cString: strerror(errno))
        let reason =
            switch errno {
            case ENOENT: "\(system); is lobbyd running, and with this socket?"
            case EAGAIN: "it has taken no connection within \(ControlClient.connectTimeoutSeconds)s"
            // The system says so of every file that is no socket.
            case ECONNREFUSED where !path.isSocket: "this file is not a socket"
            case ECONNREFUSED: "\(system); no process listens at this socket any more"
            case EPROTOTYPE: "this socket is of another kind than lobbyd's"
            case EACCES, EPERM: "\(system); only root and the members of lobbyd's group may ask it"
            default: system
            }
        self.init(description: "can't reach lobbyd at \(path.text): \(reason)")
    }
}
