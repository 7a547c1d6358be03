import Engine

/// The descriptors and threads that a start takes, besides those that the process has by then.
struct StartNeeds: Sendable, Equatable {
    let descriptors: Int
    let threads: Int

    /// - Parameters:
    ///   - isNotifying: a service manager is told of the start.
    ///   - isInJournal: the log goes to the journal.
    init(_ configuration: Configuration, isNotifying: Bool, isInJournal: Bool) {
        let eventLoops = configuration.server.eventLoopCount
        let hasControl = !configuration.control.socket.isEmpty
        // The control socket and its lock; a socket each for the journal and, for each message, the service manager.
        let udpSockets = configuration.listeners.count { $0.transport == .udp }
        let listeners = configuration.listeners.count - udpSockets
        self.descriptors =
            EngineNeeds.descriptors(eventLoops: eventLoops, listeners: listeners, udpSockets: udpSockets)
            + (hasControl ? 2 : 0) + (isNotifying ? 1 : 0) + (isInJournal ? 1 : 0)
        // For the log, for signals, for control clients and for the service manager.
        self.threads = eventLoops + 2 + (hasControl ? 1 : 0) + (isNotifying ? 1 : 0)
    }

    /// Takes all of it at once and gives it back.
    ///
    /// - Returns: the first resource of which there was too little; nil when all sufficed.
    func shortage() -> StartShortage? {
        let descriptors = Probe.descriptors(self.descriptors)
        if let code = descriptors.errorCode {
            return StartShortage(.descriptors, needed: self.descriptors, available: descriptors.count, errorCode: code)
        }
        let threads = Probe.threads(self.threads)
        if let code = threads.errorCode {
            return StartShortage(.threads, needed: self.threads, available: threads.count, errorCode: code)
        }
        return nil
    }
}

/// The system has too little for a start.
struct StartShortage: Error, Equatable, CustomStringConvertible {
    enum Resource: String, Sendable {
        case descriptors
        case threads
    }

    let resource: Resource
    let needed: Int
    let available: Int
    let errorCode: CInt

    init(_ resource: Resource, needed: Int, available: Int, errorCode: CInt) {
        self.resource = resource
        self.needed = needed
        self.available = available
        self.errorCode = errorCode
    }

    var description: String {
        "too few \(self.resource.rawValue): the configuration needs \(self.needed) more, and there are \(self.available)"
    }
}
