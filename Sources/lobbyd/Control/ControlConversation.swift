import Control

/// One control connection from its first line to its end, on a thread of its own, which waits for it.
struct ControlConversation: ~Copyable {
    /// How long it may be silent between two requests.
    static let idleTimeout = Duration.seconds(60)
    /// How long a line may take from its first byte to its break.
    static let lineTimeout = Duration.seconds(10)
    /// How long a client may leave a line of an answer untaken.
    static let sendTimeout = Duration.seconds(10)

    private let stream: SocketStream
    private let peer: ControlPeer
    private let responder: ControlResponder
    private var lines = LineBuffer(bytesMax: ControlProtocol.requestBytesMax)

    /// - Parameter descriptor: a connected socket, which this closes in the end.
    init(owning descriptor: CInt, peer: ControlPeer, responder: ControlResponder) {
        self.stream = SocketStream(owning: descriptor)
        self.peer = peer
        self.responder = responder
    }

    /// Answers until the client ends it, or does what can't be answered.
    mutating func run() {
        do {
            while let line = try self.nextLine() {
                try self.responder.respond(to: line, from: self.peer) { try self.send($0) }
            }
        } catch let error as ControlError {
            // It may have gone, and then nobody wants to know.
            try? self.responder.refuse(error) { try self.send($0) }
        } catch {}
    }

    private func send(_ line: [UInt8]) throws {
        try self.stream.write(line, until: .now + Self.sendTimeout)
    }

    /// - Returns: nil at the end.
    /// - Throws: a `ControlError` for what deserves a last answer, else what the socket met.
    private mutating func nextLine() throws -> [UInt8]? {
        var deadline = ContinuousClock.now + (self.lines.isEmpty ? Self.idleTimeout : Self.lineTimeout)
        while true {
            if let line = try self.takeLine() { return line }
            let wasEmpty = self.lines.isEmpty
            let bytes = try self.read(until: deadline)
            guard !bytes.isEmpty else {
                guard wasEmpty else { throw ControlError(.malformed, "the request ended before its line did") }
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
            throw ControlError(.tooLong, "a request has at most \(ControlProtocol.requestBytesMax) bytes")
        }
    }

    private func read(until deadline: ContinuousClock.Instant) throws -> [UInt8] {
        do {
            return try self.stream.read(until: deadline)
        } catch SocketStream.Failure.timedOut {
            let timeout = self.lines.isEmpty ? Self.idleTimeout : Self.lineTimeout
            throw ControlError(.timedOut, "no whole request within \(timeout.text)")
        }
    }
}
