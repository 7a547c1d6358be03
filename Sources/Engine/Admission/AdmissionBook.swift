/// Decides which clients become connections, and counts the connections. It uses no sockets.
///
/// It applies the limits for all connections and for the connections of each address. A slot is room for one connection
/// under `Limits.connections`.
struct AdmissionBook {
    enum Decision: Equatable {
        /// The client has a slot until `release`.
        case admitted
        /// No slot is free now. The client was not counted.
        case full
        /// The client may not connect. The refusal was counted.
        case refused(RefusalReason)
    }

    /// How a connection counts for its address. UDP addresses can be spoofed, so the limit for streams (TCP
    /// connections) ignores UDP connections.
    enum Standing: Equatable {
        case stream
        /// From a proven UDP port, see `UDPProof`.
        ///
        /// - Parameter displacesAnother: true if another port of the address loses its proof. A call of `proofChanged`
        ///   for that port follows.
        case proven(displacesAnother: Bool)
        /// From an unproven UDP port.
        case unproven

        var isProven: Bool { self != .unproven }
    }

    /// The connections and openings that count for one address.
    private struct Places {
        var streams = 0
        var proven = 0
        var unproven = 0

        var isEmpty: Bool { self.streams + self.proven + self.unproven == 0 }

        /// Whether one more connection would exceed the limit of the address.
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

    /// Connections, including connections that are being opened.
    private(set) var count = 0
    /// Connections from unproven UDP ports; `count` includes them.
    private(set) var unprovenCount = 0
    /// Streams in their opening. They have no slot yet.
    private(set) var openingCount = 0
    private(set) var refused: [RefusalReason: Int] = [:]
    /// How often the last slot was taken.
    private(set) var timesFull = 0
    private var limits: Limits
    /// The accept rates of streams.
    private var rates: AcceptRates?
    /// The accept rates of UDP connections.
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

    /// The number of free slots.
    var free: Int { max(0, (self.limits.connections ?? .max) - self.count) }

    var isFull: Bool { self.free == 0 }

    /// Whether a client counts against a limit of its address.
    var limitsAddresses: Bool {
        self.limits.connectionsPerAddress != nil || self.limits.acceptsPerSecondPerAddress != nil
    }

    /// Applies new limits from now on. Existing connections keep their slots.
    mutating func use(_ limits: Limits) {
        let wasFull = self.isFull
        let isOtherRate = limits.acceptsPerSecondPerAddress != self.limits.acceptsPerSecondPerAddress
        self.limits = limits
        if isOtherRate { self.renewRates() }
        if self.isFull && !wasFull { self.timesFull += 1 }
    }

    /// Decides about a new client.
    ///
    /// - Parameters:
    ///   - address: nil for a connection that this program opens.
    ///   - now: the start of the turn on the caller's event loop.
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

    /// Counts one more connection for its address.
    ///
    /// - Returns: nil if it was counted; otherwise the reason for the refusal.
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

    /// Takes a slot for a connection that this program opens.
    ///
    /// - Returns: false if no slot is free; the refusal was counted.
    mutating func admitOwn() -> Bool {
        guard !self.isFull else {
            self.refuseForWantOfPlace()
            return false
        }
        self.takePlace()
        return true
    }

    /// Counts a client that had left before the accept.
    mutating func refuseGone() {
        _ = self.counted(.clientGone)
    }

    /// Counts a refusal of a connection that cannot wait for a slot.
    mutating func refuseForWantOfPlace() {
        _ = self.counted(.connectionLimit)
    }

    /// Releases the slot that `admit` took.
    mutating func release(_ address: IPAddress?, _ standing: Standing = .stream) {
        self.count -= 1
        if standing == .unproven { self.unprovenCount -= 1 }
        self.uncountAddress(address, standing)
    }

    private mutating func uncountAddress(_ address: IPAddress?, _ standing: Standing) {
        guard let address = address?.forLimits else { return }
        guard var places = self.perAddress[address] else { preconditionFailure("a released slot that was never taken") }
        places.change(standing, by: -1)
        self.perAddress[address] = places.isEmpty ? nil : places
    }

    /// A UDP connection has gained or lost its proof. A connection that gains it is counted as proven even if its
    /// address is full.
    mutating func proofChanged(_ address: IPAddress, isProven: Bool) {
        self.unprovenCount += isProven ? -1 : 1
        self.perAddress[address.forLimits, default: Places()].change(.unproven, by: isProven ? -1 : 1)
        let proven = Standing.proven(displacesAnother: false)
        self.perAddress[address.forLimits, default: Places()].change(proven, by: isProven ? 1 : -1)
    }

    /// The number of unproven connections above the limit.
    var unprovenExcess: Int { max(0, self.unprovenCount - (self.limits.unprovenUDPConnections ?? .max)) }

    /// The number of unproven connections of an address above its limit.
    func unprovenExcess(of address: IPAddress) -> Int {
        let unproven = self.perAddress[address.forLimits]?.unproven ?? 0
        return max(0, unproven - (self.limits.connectionsPerAddress ?? .max))
    }

    // MARK: Openings

    /// Whether more streams are in their opening than allowed.
    var hasOpeningExcess: Bool { self.openingCount > self.limits.openings }

    /// Begins the opening of a stream. The stream counts for its address and takes no slot yet.
    ///
    /// - Parameter address: nil if the opening will find the address.
    /// - Returns: the reason for the refusal. nil if the opening has begun; it ends with `finishOpening` or
    ///   `endOpening`.
    mutating func beginOpening(_ address: IPAddress?, at now: Instant) -> RefusalReason? {
        if let address, !self.limits.access.permits(address) { return self.counted(.accessDenied) }
        if let reason = self.countAddress(address, .stream, at: now) { return self.counted(reason) }
        self.openingCount += 1
        return nil
    }

    /// Ends an opening that has found the address of its peer.
    ///
    /// - Parameter address: the address passed to `beginOpening`.
    /// - Returns: nil if the stream has a slot until `release(found)`; otherwise the reason for the refusal.
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

    /// Ends an opening without a connection.
    ///
    /// - Parameters:
    ///   - address: the address passed to `beginOpening`.
    ///   - reason: the refusal to count; nil if this program ends the opening.
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
