import NIOCore

extension ClientDial {
    var deadline: NIODeadline { self.begunAt + TimeAmount(max(self.target.timeout, .zero)) }

    var cancelled: ConnectError { .cancelled(host: self.target.host, port: self.target.port) }

    var tooManyConnections: ConnectError {
        .tooManyConnections(host: self.target.host, port: self.target.port, limit: self.shard.limits.connections ?? 0)
    }

    func systemError(_ code: CInt) -> ConnectError {
        .systemError(host: self.target.host, port: self.target.port, code: code)
    }

    func error(_ failure: AddressFailure) -> ConnectError {
        let (host, port) = (self.target.host, self.target.port)
        // The system gives an address up too, after some minutes.
        let elapsed = min(self.target.timeout, Duration(.now() - self.begunAt))
        return switch failure {
        case .refused: .refused(host: host, port: port)
        case .timedOut: .timedOut(host: host, port: port, after: elapsed)
        case .systemError(let code): self.systemError(code)
        case .unreachable: .unreachable(host: host, port: port)
        }
    }

    func error(_ error: NameError) -> ConnectError {
        let (host, port) = (self.target.host, self.target.port)
        return switch error {
        case .notFound(let code): .nameNotFound(host: host, port: port, code: code)
        case .tooManyLookups(let limit): .tooManyLookups(host: host, port: port, limit: limit)
        case .systemError(let code): self.systemError(code)
        }
    }
}
