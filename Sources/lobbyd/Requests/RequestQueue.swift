/// What the main thread is asked to do.
enum DaemonRequest: Sendable {
    case stop(RequestOrigin)
    /// One reload does for all that asked before it began: each wants the newest file.
    case reload([ReloadRequest])
}

/// Somebody who wants the configuration to be read again.
struct ReloadRequest: Sendable {
    let origin: RequestOrigin
    /// Called once, on any thread.
    let answer: @Sendable (ReloadOutcome) -> Void
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

    /// - Returns: false when it is too late.
    mutating func add(_ reload: ReloadRequest) -> Bool {
        guard !self.isStopping, self.stop == nil else { return false }
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
