import Engine

/// The descriptors and threads that the start needs in addition to those that the process already has.
struct StartNeeds: Sendable, Equatable {
    let descriptors: Int
    let threads: Int

    /// - Parameters:
    ///   - isNotifying: whether lobbyd reports its start to a service manager.
    ///   - isInJournal: whether the log goes to the journal.
    init(_ configuration: Configuration, isNotifying: Bool, isInJournal: Bool) {
        let eventLoops = configuration.server.eventLoopCount
        let hasControl = !configuration.control.socket.isEmpty
        // Two for the control socket and its lock. One for the journal. One for the service manager: each message opens
        // and closes a socket.
        let udpSockets = configuration.listeners.count { $0.transport == .udp }
        let listeners = configuration.listeners.count - udpSockets
        self.descriptors =
            EngineNeeds.descriptors(eventLoops: eventLoops, listeners: listeners, udpSockets: udpSockets)
            + (hasControl ? 2 : 0) + (isNotifying ? 1 : 0) + (isInJournal ? 1 : 0)
        // One thread each for the log, the signals, the control socket and the service manager.
        self.threads = eventLoops + 2 + (hasControl ? 1 : 0) + (isNotifying ? 1 : 0)
    }

    /// Takes all of them at the same time and gives them back.
    ///
    /// - Returns: the first resource that did not suffice, or nil.
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

/// A resource that does not suffice for the start, with the needed and the available number.
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
        "too few \(self.resource.rawValue): the configuration needs \(self.needed) more, and the system grants \(self.available)"
    }
}
