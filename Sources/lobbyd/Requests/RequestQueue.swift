/// What the main thread is asked to do.
enum DaemonRequest: Sendable {
    case stop(RequestOrigin)
    /// One reload does for all that asked before it began: each wants the newest file.
    case reload([ReloadRequest])
}

/// Somebody who wants the configuration to be read again.
struct ReloadRequest: Sendable {
    let origin: RequestOrigin
    /// Called once, on any thread; nil where the requester gets no answer, as with a signal.
    var answer: (@Sendable (ReloadOutcome) -> Void)?
}

/// Which request is next.
struct RequestQueue {
    private var stop: RequestOrigin?
    private var reloads: [ReloadRequest] = []
    private var isStopping = false

    var isEmpty: Bool { self.stop == nil && self.reloads.isEmpty }

    /// A second wish to stop is the same wish.
    mutating func add(stop origin: RequestOrigin) {
        guard !self.isStopping else { return }
        self.stop = self.stop ?? origin
    }

    /// One without an answer is kept once, however many come.
    ///
    /// - Returns: false when it is too late.
    mutating func add(_ reload: ReloadRequest) -> Bool {
        guard !self.isStopping, self.stop == nil else { return false }
        if reload.answer == nil, self.reloads.contains(where: { $0.answer == nil && $0.origin == reload.origin }) {
            return true
        }
        self.reloads.append(reload)
        return true
    }

    /// To stop goes before all else; whoever still wanted a reload is returned, to be told.
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
