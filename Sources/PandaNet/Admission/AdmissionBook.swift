import NIOCore

/// Who may become a connection, and who is one: the limits of connections in all and of each address, without sockets.
struct AdmissionBook {
    enum Decision: Equatable {
        /// It has a place, until `release`.
        case admitted
        /// There is no place now; nothing was counted.
        case full
        /// It may not come in, and was counted.
        case refused(RefusalReason)
    }

    /// Connections, those included that are just being opened.
    private(set) var count = 0
    /// Of these, over UDP from addresses that have not proven themselves.
    private(set) var unprovenCount = 0
    private(set) var refused: [RefusalReason: Int] = [:]
    /// How often the last place was taken.
    private(set) var timesFull = 0
    private var limits: Limits
    private var rates: AcceptRates?
    private var perAddress: [IPAddress: Int] = [:]

    init(limits: Limits) {
        self.limits = limits
        self.rates = limits.acceptsPerSecondPerAddress.map(AcceptRates.init(perSecond:))
    }

    /// How many places are free.
    var free: Int { max(0, (self.limits.connections ?? .max) - self.count) }

    var isFull: Bool { self.free == 0 }

    /// Decides by other limits from now on. Those who are in stay, and keep their places.
    mutating func use(_ limits: Limits) {
        let wasFull = self.isFull
        if limits.acceptsPerSecondPerAddress != self.limits.acceptsPerSecondPerAddress {
            self.rates = limits.acceptsPerSecondPerAddress.map(AcceptRates.init(perSecond:))
        }
        self.limits = limits
        if self.isFull && !wasFull { self.timesFull += 1 }
    }

    /// Decides about a newcomer.
    ///
    /// - Parameters:
    ///   - address: nil for a connection that this program opens.
    ///   - isProven: whether the address is known to be real; over TCP it always is.
    ///   - now: never before that of an earlier call.
    mutating func admit(_ address: IPAddress?, isProven: Bool = true, at now: NIODeadline) -> Decision {
        guard self.limits.access.permits(address) else { return self.refuse(.accessDenied) }
        if self.isFull { return .full }
        if !isProven, let max = self.limits.unprovenUDPConnections, self.unprovenCount >= max {
            return self.refuse(.unprovenLimit)
        }
        if let address = address?.forLimits {
            if let max = self.limits.connectionsPerAddress, self.perAddress[address, default: 0] >= max {
                return self.refuse(.addressLimit)
            }
            guard self.rates?.admit(address, at: now) ?? true else { return self.refuse(.addressRate) }
            self.perAddress[address, default: 0] += 1
        }
        if !isProven { self.unprovenCount += 1 }
        self.takePlace()
        return .admitted
    }

    /// A connection that this program opens itself.
    ///
    /// - Returns: false, and counts it, when there is no place.
    mutating func admitOwn() -> Bool {
        guard !self.isFull else {
            self.refuseForWantOfPlace()
            return false
        }
        self.takePlace()
        return true
    }

    /// A client that had gone before it was accepted.
    mutating func refuseGone() {
        self.refused[.clientGone, default: 0] += 1
    }

    /// For whoever can't wait for a place.
    mutating func refuseForWantOfPlace() {
        self.refused[.connectionLimit, default: 0] += 1
    }

    /// A connection goes on without its socket, which gives its place back: it keeps the place, until `release`.
    ///
    /// - Parameter address: nil for one that this program has opened itself.
    mutating func keep(_ address: IPAddress?) {
        self.count += 1
        if let address = address?.forLimits { self.perAddress[address, default: 0] += 1 }
    }

    /// Gives back what `admit` took.
    mutating func release(_ address: IPAddress?, isProven: Bool = true) {
        self.count -= 1
        if !isProven { self.unprovenCount -= 1 }
        guard let address = address?.forLimits else { return }
        guard let count = self.perAddress[address] else { preconditionFailure("a place that nobody took") }
        self.perAddress[address] = count > 1 ? count - 1 : nil
    }

    /// So many connections that are there have proven themselves, or have lost their proof.
    mutating func proofChanged(isProven: Bool, connections: Int) {
        self.unprovenCount += isProven ? -connections : connections
    }

    private mutating func takePlace() {
        self.count += 1
        if self.free == 0 { self.timesFull += 1 }
    }

    private mutating func refuse(_ reason: RefusalReason) -> Decision {
        self.refused[reason, default: 0] += 1
        return .refused(reason)
    }
}
