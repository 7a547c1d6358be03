import Control
import Engine
import Logging

/// Answers the requests of a control client, and logs each command that changes something. Runs on any thread that may
/// block.
struct ControlResponder: Sendable {
    /// The largest number of connections in one line of a list.
    static let listPieceMax = 64

    let service: any ControlService
    let counts: ControlCounts
    let adminLog: AdminLog

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - line: the request, without its line break.
    ///   - send: sends a line of the answer, with its line break.
    func respond(to line: [UInt8], from peer: ControlPeer, send: ([UInt8]) throws -> Void) throws {
        self.counts.requests.wrappingAdd(1, ordering: .relaxed)
        do {
            let command = try ControlCommand(request: line)
            if case .list(let filter) = command { return try self.list(filter, send) }
            if command.changesSomething { self.adminLog.record(command, by: peer.uid) }
            try send(ControlAnswer.result(self.result(of: command, askedBy: peer.uid), more: false).line)
        } catch let error as ControlError {
            try self.refuse(error, send)
        }
    }

    /// Answers with an error.
    func refuse(_ error: ControlError, _ send: ([UInt8]) throws -> Void) rethrows {
        self.counts.errors.wrappingAdd(1, ordering: .relaxed)
        try send(ControlAnswer.error(error).line)
    }

    private func result(of command: ControlCommand, askedBy uid: UInt32) throws -> JSONValue {
        defer { if command.changesSomething { self.service.changed() } }
        switch command {
        case .version: return ["lobbyd": .string(Version.text), "protocol": .integer(ControlProtocol.version)]
        case .status: return try self.service.status().json
        case .stats: return .object(try self.service.counters().map(\.member))
        case .list: preconditionFailure("a list is more than one result")
        case .show(let id): return try self.show(id)
        case .kick(let id, let reason): try self.kick(id, reason)
        case .reload: return try self.service.reload(askedBy: uid).json
        case .drain: self.service.drain(askedBy: uid)
        case .logLevel(let level, let duration): try self.setLogLevel(level, duration)
        }
        return [:]
    }

    private func list(_ filter: ConnectionFilter, _ send: ([UInt8]) throws -> Void) throws {
        // Lines are sent after the walk over the connections: a slow client must not delay the walks of others.
        for line in try self.service.withConnections(ConnectionMatch(filter), Self.lines) { try send(line) }
    }

    private static func lines(of connections: [ConnectionReport]) -> [[UInt8]] {
        stride(from: 0, through: max(0, connections.count - 1), by: Self.listPieceMax).map { start in
            let piece = connections[start...].prefix(Self.listPieceMax)
            let isLast = piece.endIndex == connections.endIndex
            return ControlAnswer.result(["connections": Array(piece).json], more: !isLast).line
        }
    }

    private func show(_ id: UInt64) throws -> JSONValue {
        guard let report = try self.service.connection(ConnectionID(rawValue: id)) else { throw Self.noSuch(id) }
        return report.json
    }

    private func kick(_ id: UInt64, _ reason: String) throws {
        guard try self.service.kick(ConnectionID(rawValue: id), reason: reason) else { throw Self.noSuch(id) }
    }

    private func setLogLevel(_ name: String, _ duration: Duration?) throws {
        guard let level = Logger.Level(rawValue: name) else {
            let levels = Logger.Level.allCases.map(\.rawValue).listed
            throw ControlError(.badArgument, "no such log level; the levels are \(levels)")
        }
        self.service.setLogLevel(level, for: duration)
    }

    private static func noSuch(_ id: UInt64) -> ControlError {
        ControlError(.notFound, "there is no connection \(id) (any more)")
    }
}
