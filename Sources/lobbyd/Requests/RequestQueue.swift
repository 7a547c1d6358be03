/// A request to the main thread.
enum DaemonRequest: Sendable {
    case stop(RequestOrigin)
    /// One reload serves all requests that arrived before it began: each asks for the newest file.
    case reload([ReloadRequest])
}

/// A request for a reload.
struct ReloadRequest: Sendable {
    let origin: RequestOrigin
    /// Called once, on any thread; nil if the requester expects no answer, for example after a signal.
    var answer: (@Sendable (ReloadOutcome) -> Void)?
}

/// Decides which request is next.
struct RequestQueue {
    private var stop: RequestOrigin?
    private var reloads: [ReloadRequest] = []
    private var isStopping = false

    var isEmpty: Bool { self.stop == nil && self.reloads.isEmpty }

    /// Adds a request to stop. A second one is a no-op.
    mutating func add(stop origin: RequestOrigin) {
        guard !self.isStopping else { return }
        self.stop = self.stop ?? origin
    }

    /// Adds a request for a reload. Requests without an answer from the same origin count as one.
    ///
    /// - Returns: false if lobbyd is already stopping.
    mutating func add(_ reload: ReloadRequest) -> Bool {
        guard !self.isStopping, self.stop == nil else { return false }
        if reload.answer == nil, self.reloads.contains(where: { $0.answer == nil && $0.origin == reload.origin }) {
            return true
        }
        self.reloads.append(reload)
        return true
    }

    /// Takes the next request. A stop goes first.
    ///
    /// - Returns: with a stop, `late` has the reload requests in the queue, which the caller must answer.
    mutating func next() -> (request: DaemonRequest, late: [ReloadRequest])? {
        guard !self.isEmpty else { return nil }
        let reloads = self.reloads
        self.reloads = []
        guard let stop else { return (.reload(reloads), []) }
        self.stop = nil
        self.isStopping = true
        return (.stop(stop), reloads)
    }
}
