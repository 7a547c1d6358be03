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
    ///   - now: never before that of an earlier call.
    mutating func admit(_ address: IPAddress?, _ standing: Standing = .stream, at now: Instant) -> Decision {
        guard self.limits.access.permits(address) else { return self.refuse(.accessDenied) }
        if self.isFull { return .full }
        if standing == .unproven, let max = self.limits.unprovenUDPConnections, self.unprovenCount >= max {
            return self.refuse(.unprovenLimit)
        }
        if let address = address?.forLimits {
            let places = self.perAddress[address] ?? Places()
            if let max = self.limits.connectionsPerAddress, places.isFull(for: standing, max: max) {
                return self.refuse(.addressLimit)
            }
            guard self.keepsRate(address, standing, at: now) else { return self.refuse(.addressRate) }
            self.perAddress[address, default: Places()].change(standing, by: 1)
        }
        if standing == .unproven { self.unprovenCount += 1 }
        self.takePlace()
        return .admitted
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
        self.refused[.clientGone, default: 0] += 1
    }

    /// For whoever can't wait for a place.
    mutating func refuseForWantOfPlace() {
        self.refused[.connectionLimit, default: 0] += 1
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

    private mutating func takePlace() {
        self.count += 1
        if self.free == 0 { self.timesFull += 1 }
    }

    private mutating func refuse(_ reason: RefusalReason) -> Decision {
        self.refused[reason, default: 0] += 1
        return .refused(reason)
    }
}
