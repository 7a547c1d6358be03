import Control

/// A control connection from its first line to its end. It blocks a thread of its own.
struct ControlConversation: ~Copyable {
    /// The longest silence between two requests.
    static let idleTimeout = Duration.seconds(60)
    /// The longest time from the first byte of a line to its line break.
    static let lineTimeout = Duration.seconds(10)
    /// The time in which a client must take a line of an answer.
    static let sendTimeout = Duration.seconds(10)

    private let stream: SocketStream
    private let peer: ControlPeer
    private let responder: ControlResponder
    private var lines = LineBuffer(bytesMax: ControlProtocol.requestBytesMax)

    /// - Parameter descriptor: a connected socket. The conversation closes it.
    init(owning descriptor: CInt, peer: ControlPeer, responder: ControlResponder) {
        self.stream = SocketStream(owning: descriptor)
        self.peer = peer
        self.responder = responder
    }

    /// Answers requests until the client closes the connection or breaks the protocol.
    mutating func run() {
        do {
            while let line = try self.nextLine() {
                try self.responder.respond(to: line, from: self.peer) { try self.send($0) }
            }
        } catch let error as ControlError {
            // The client may have left, and then it needs no answer.
            try? self.responder.refuse(error) { try self.send($0) }
        } catch {}
    }

    private func send(_ line: [UInt8]) throws {
        try self.stream.write(line, until: .now + Self.sendTimeout)
    }

    /// Waits for the next request.
    ///
    /// - Returns: nil at the end of the stream.
    /// - Throws: a `ControlError` that the client must receive as the last answer, or the error of the socket.
    private mutating func nextLine() throws -> [UInt8]? {
        var deadline = ContinuousClock.now + (self.lines.isEmpty ? Self.idleTimeout : Self.lineTimeout)
        while true {
            if let line = try self.takeLine() { return line }
            let wasEmpty = self.lines.isEmpty
            let bytes = try self.read(until: deadline)
            guard !bytes.isEmpty else {
                guard wasEmpty else { throw ControlError(.malformed, "the stream ended before the line did") }
                return nil
            }
            self.lines.append(bytes)
            if wasEmpty { deadline = .now + Self.lineTimeout }
        }
    }

    private mutating func takeLine() throws(ControlError) -> [UInt8]? {
        do {
            return try self.lines.next()
        } catch {
            throw ControlError(.tooLong, "the request is longer than \(ControlProtocol.requestBytesMax) bytes")
        }
    }

    private func read(until deadline: ContinuousClock.Instant) throws -> [UInt8] {
        do {
            return try self.stream.read(until: deadline)
        } catch SocketStream.Failure.timedOut {
            let timeout = self.lines.isEmpty ? Self.idleTimeout : Self.lineTimeout
            throw ControlError(.timedOut, "no complete request within \(timeout.text)")
        }
    }
}
