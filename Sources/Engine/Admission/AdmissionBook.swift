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

    /// How a connection counts. Anyone can make up addresses over UDP, so that no count of UDP keeps a stream out.
    enum Standing: Equatable {
        case stream
        /// Over UDP, from a port that is proven.
        ///
        /// - Parameter displacesAnother: another port of the address loses its proof, for which `proofChanged` follows.
        case proven(displacesAnother: Bool)
        /// Over UDP, from a port that is not proven.
        case unproven

        var isProven: Bool { self != .unproven }
    }

    /// The connections of one address.
    private struct Places {
        var streams = 0
        var proven = 0
        var unproven = 0

        var isEmpty: Bool { self.streams + self.proven + self.unproven == 0 }

        /// Whether so many are too many for one connection more.
        func isFull(for standing: Standing, max: Int) -> Bool {
            switch standing {
            case .stream: self.streams >= max
            case .proven(let displacesAnother): self.streams + self.proven - (displacesAnother ? 1 : 0) >= max
            case .unproven: self.unproven >= max
            }
        }

        mutating func change(_ standing: Standing, by count: Int) {
            switch standing {
            case .stream: self.streams += count
            case .proven: self.proven += count
            case .unproven: self.unproven += count
            }
        }
    }

    /// Connections, those included that are just being opened.
    private(set) var count = 0
    /// Of these, over UDP from ports that are not proven.
    private(set) var unprovenCount = 0
    /// Streams that are in their opening; they have no place yet.
    private(set) var openingCount = 0
    private(set) var refused: [RefusalReason: Int] = [:]
    /// How often the last place was taken.
    private(set) var timesFull = 0
    private var limits: Limits
    /// Of streams.
    private var rates: AcceptRates?
    /// Of connections over UDP.
    private var udpRates: AcceptRates?
    private var perAddress: [IPAddress: Places] = [:]

    init(limits: Limits) {
        self.limits = limits
        self.renewRates()
    }

    private mutating func renewRates() {
        self.rates = self.limits.acceptsPerSecondPerAddress.map(AcceptRates.init(perSecond:))
        self.udpRates = self.rates
    }

    /// How many places are free.
    var free: Int { max(0, (self.limits.connections ?? .max) - self.count) }

    var isFull: Bool { self.free == 0 }

    /// Whether it costs an address something that a client comes from it.
    var limitsAddresses: Bool {
        self.limits.connectionsPerAddress != nil || self.limits.acceptsPerSecondPerAddress != nil
    }

    /// Decides by other limits from now on. Those who are in stay, and keep their places.
    mutating func use(_ limits: Limits) {
        let wasFull = self.isFull
        let isOtherRate = limits.acceptsPerSecondPerAddress != self.limits.acceptsPerSecondPerAddress
        self.limits = limits
        if isOtherRate { self.renewRates() }
        if self.isFull && !wasFull { self.timesFull += 1 }
    }

    /// Decides about a newcomer.
    ///
    /// - Parameters:
    ///   - address: nil for a connection that this program opens.
    ///   - now: when the turn of the caller's event loop began.
    mutating func admit(_ address: IPAddress?, _ standing: Standing = .stream, at now: Instant) -> Decision {
        guard self.limits.access.permits(address) else { return self.refuse(.accessDenied) }
        if self.isFull { return .full }
        if standing == .unproven, let max = self.limits.unprovenUDPConnections, self.unprovenCount >= max {
            return self.refuse(.unprovenLimit)
        }
        if let reason = self.countAddress(address, standing, at: now) { return self.refuse(reason) }
        if standing == .unproven { self.unprovenCount += 1 }
        self.takePlace()
        return .admitted
    }

    /// - Returns: why the address may not have a connection more; nil when it is counted for it.
    private mutating func countAddress(
        _ address: IPAddress?,
        _ standing: Standing,
        at now: Instant
    ) -> RefusalReason? {
        guard let address = address?.forLimits else { return nil }
        let places = self.perAddress[address] ?? Places()
        if let max = self.limits.connectionsPerAddress, places.isFull(for: standing, max: max) { return .addressLimit }
        guard self.keepsRate(address, standing, at: now) else { return .addressRate }
        self.perAddress[address, default: Places()].change(standing, by: 1)
        return nil
    }

    private mutating func keepsRate(_ address: IPAddress, _ standing: Standing, at now: Instant) -> Bool {
        if standing == .stream { return self.rates?.admit(address, at: now) ?? true }
        return self.udpRates?.admit(address, at: now) ?? true
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
        _ = self.counted(.clientGone)
    }

    /// For whoever can't wait for a place.
    mutating func refuseForWantOfPlace() {
        _ = self.counted(.connectionLimit)
    }

    /// A connection goes on without its socket, which gives its place back: it keeps the place, until `release`.
    ///
    /// - Parameter address: nil for a connection that this program has opened itself.
    mutating func keep(_ address: IPAddress?) {
        self.count += 1
        if let address = address?.forLimits { self.perAddress[address, default: Places()].change(.stream, by: 1) }
    }

    /// Gives back what `admit` took.
    mutating func release(_ address: IPAddress?, _ standing: Standing = .stream) {
        self.count -= 1
        if standing == .unproven { self.unprovenCount -= 1 }
        self.uncountAddress(address, standing)
    }

    private mutating func uncountAddress(_ address: IPAddress?, _ standing: Standing) {
        guard let address = address?.forLimits else { return }
        guard var places = self.perAddress[address] else { preconditionFailure("a place that was never taken") }
        places.change(standing, by: -1)
        self.perAddress[address] = places.isEmpty ? nil : places
    }

    /// The proof of a connection over UDP has come or gone. A proven one takes its place even if the address has no more.
    mutating func proofChanged(_ address: IPAddress, isProven: Bool) {
        self.unprovenCount += isProven ? -1 : 1
        self.perAddress[address.forLimits, default: Places()].change(.unproven, by: isProven ? -1 : 1)
        let proven = Standing.proven(displacesAnother: false)
        self.perAddress[address.forLimits, default: Places()].change(proven, by: isProven ? 1 : -1)
    }

    /// How many unproven connections there are above the limit.
    var unprovenExcess: Int { max(0, self.unprovenCount - (self.limits.unprovenUDPConnections ?? .max)) }

    /// How many unproven connections an address has above its limit.
    func unprovenExcess(of address: IPAddress) -> Int {
        let unproven = self.perAddress[address.forLimits]?.unproven ?? 0
        return max(0, unproven - (self.limits.connectionsPerAddress ?? .max))
    }

    // MARK: Openings

    /// Whether more streams are in their opening than may be.
    var hasOpeningExcess: Bool { self.openingCount > self.limits.openings }

    /// A stream begins its opening, which counts for its address and takes no place.
    ///
    /// - Parameter address: nil where the opening finds it.
    /// - Returns: why it may not; nil until `finishOpening` or `endOpening`.
    mutating func beginOpening(_ address: IPAddress?, at now: Instant) -> RefusalReason? {
        if let address, !self.limits.access.permits(address) { return self.counted(.accessDenied) }
        if let reason = self.countAddress(address, .stream, at: now) { return self.counted(reason) }
        self.openingCount += 1
        return nil
    }

    /// An opening ends with the address of its peer.
    ///
    /// - Parameter address: that of `beginOpening`.
    /// - Returns: why it gets no place; nil when it has one, until `release(found)`.
    mutating func finishOpening(_ address: IPAddress?, as found: IPAddress, at now: Instant) -> RefusalReason? {
        self.openingCount -= 1
        guard found == address else {
            self.uncountAddress(address, .stream)
            switch self.admit(found, at: now) {
            case .admitted: return nil
            case .refused(let reason): return reason
            case .full: return self.counted(.connectionLimit)
            }
        }
        let reason: RefusalReason? =
            !self.limits.access.permits(found) ? .accessDenied : self.isFull ? .connectionLimit : nil
        if let reason {
            self.uncountAddress(address, .stream)
            return self.counted(reason)
        }
        self.takePlace()
        return nil
    }

    /// An opening ends without a connection.
    ///
    /// - Parameters:
    ///   - address: that of `beginOpening`.
    ///   - reason: counted; nil where this program ends it.
    mutating func endOpening(_ address: IPAddress?, _ reason: RefusalReason?) {
        self.openingCount -= 1
        self.uncountAddress(address, .stream)
        if let reason { _ = self.counted(reason) }
    }

    private mutating func takePlace() {
        self.count += 1
        if self.free == 0 { self.timesFull += 1 }
    }

    private mutating func refuse(_ reason: RefusalReason) -> Decision { .refused(self.counted(reason)) }

    private mutating func counted(_ reason: RefusalReason) -> RefusalReason {
        self.refused[reason, default: 0] += 1
        return reason
    }
}
