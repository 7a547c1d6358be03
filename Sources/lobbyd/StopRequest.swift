import Glibc
import UnixSignals

/// SIGTERM and SIGINT: the first asks the daemon to stop, the second does not wait for it.
struct StopRequest: Sendable {
    private let requests: AsyncStream<UnixSignal>

    /// Signals are taken from here on; one that comes before `next` is called is kept.
    ///
    /// - Parameter secondSignal: ends the process.
    static func listen(secondSignal: @escaping @Sendable (UnixSignal) -> Never) async -> StopRequest {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let (requests, continuation) = AsyncStream.makeStream(of: UnixSignal.self)
        Task {
            var isFirst = true
            for await signal in signals {
                guard isFirst else { secondSignal(signal) }
                isFirst = false
                continuation.yield(signal)
                continuation.finish()
            }
        }
        return StopRequest(requests: requests)
    }

    /// Waits for the first signal.
    func received() async -> UnixSignal {
        for await signal in self.requests { return signal }
        preconditionFailure("the signals ended without one")
    }
}
