import EngineSupport
import Testing
import Wire

@testable import Engine

/// A manager that opens client connections, their events, and the payloads that they receive.
struct Client {
    let manager: ConnectionManager
    let events = Events()
    let received = Payloads()

    static func run<Result>(
        _ resolver: any NameResolver = NameTable([:]),
        limits: Limits = Limits(),
        eventLoops: Int = 1,
        _ body: (Client) async throws -> Result
    ) async throws -> Result {
        let client = Client(manager: ConnectionManager(eventLoops: eventLoops, limits: limits, resolver: resolver))
        let result: Result
        do {
            result = try await body(client)
        } catch {
            try await client.manager.shutDown()
            throw error
        }
        try await client.manager.shutDown()
        return result
    }

    func open(
        _ port: Int,
        timeout: Duration = .seconds(10),
        framing: Framing = .two
    ) async throws(ConnectError) -> Connection {
        try await self.open("127.0.0.1", port, timeout: timeout, framing: framing)
    }

    func open(
        _ host: String,
        _ port: Int,
        timeout: Duration = .seconds(10),
        framing: Framing = .two
    ) async throws(ConnectError) -> Connection {
        try await self.manager.openTCPClientConnection(
            host: host,
            port: port,
            timeout: timeout,
            framing: framing,
            service: self.received.service,
            observers: [self.events]
        )
    }

    /// Measures the time on the event loop, so a busy test runner does not add to it.
    func timeToFail(_ host: String, _ port: Int, timeout: Duration) async throws -> (ConnectError?, Duration) {
        let begunAt = ContinuousClock.now
        let opening: Answer<Connection> = self.manager.openTCPClientConnection(
            host: host,
            port: port,
            timeout: timeout,
            service: self.received.service,
            observers: [self.events]
        )
        let ended = Answer<(ConnectError?, Duration)>()
        opening.whenSet { result in
            var error: ConnectError?
            if case .failure(let failure) = result { error = failure as? ConnectError }
            ended.succeed((error, .now - begunAt))
        }
        return try await ended.get()
    }
}

extension Connection {
    /// Sends payloads from the test's task, through the event loop.
    func send(_ payloads: [UInt8]...) async throws {
        try await self.shard.loop.submit { self.withRun(payloads) { self.send($0) } }.get()
    }

    func broadcast(_ payloads: [UInt8]...) async throws {
        try await self.shard.loop.submit {
            self.withRun(payloads) { self.broadcast($0, includingSender: true) }
        }.get()
    }

    private func withRun(_ payloads: [[UInt8]], _ body: (DatagramRun) -> Void) {
        payloads.flatMap { frame($0, self.framing) }.withUnsafeBytes {
            body(DatagramRun(bytes: $0, datagramCount: payloads.count, framing: self.framing))
        }
    }
}

/// The payloads that arrived on all connections.
final class Payloads: Sendable {
    private let all = Locked<[[UInt8]]>([])
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream()
    }

    var service: TestService {
        TestService { run, _ in
            self.all.withLock { $0 += run.payloads }
            self.continuation.yield()
        }
    }

    /// Waits until `count` payloads have arrived. Only one caller may wait at a time.
    func first(_ count: Int) async -> [[UInt8]] {
        let seen = { self.all.withLock { $0 } }
        if seen().count < count {
            for await _ in self.stream where seen().count >= count { break }
        }
        return seen()
    }
}
