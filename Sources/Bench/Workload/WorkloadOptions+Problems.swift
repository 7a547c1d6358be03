import Control
import Wire

extension WorkloadOptions {
    /// The problems of the options, one sentence each; empty for valid options.
    public func problems() -> [String] {
        [
            self.check(1...Int(UInt16.max), self.port, "--port"),
            self.check(1...Self.connectionsMax, self.connections, "--connections"),
            self.check(0...Int(UInt16.max), self.messageType, "--type"),
            self.check(Stamp.byteCount...self.sizeMax, self.payloadBytes, "--size"),
            self.publishers.flatMap { self.check(1...max(self.connections, 1), $0, "--publishers") },
            self.window.flatMap { self.check(1...self.windowMax, $0, "--window") },
            self.count.flatMap { self.check(1...Int.max, $0, "--count") },
            self.rate.flatMap { self.check($0, upTo: Self.rateMax, "--rate") },
            self.duration.flatMap { self.check($0, "--duration") },
            self.warmUp.flatMap { $0 == .zero ? nil : self.check($0, "--warm-up") },
            self.window != nil && self.rate != nil ? "--window and --rate exclude each other; use one of them" : nil,
            self.sequencesProblem(),
            self.reach == .others && self.connections < 2
                ? "--expect others: needs at least 2 --connections" : nil,
        ].compactMap { $0 }
    }

    private var sizeMax: Int {
        switch self.transport {
        case .tcp(let framing): min(framing.payloadBytesMax, Self.payloadBytesMax)
        case .udp: UDPHeader.payloadBytesMax
        }
    }

    private var windowMax: Int { max(1, Self.windowBytesMax / max(self.payloadBytes, 1)) }

    private func check(_ range: ClosedRange<Int>, _ value: Int, _ name: String) -> String? {
        guard !range.contains(value) else { return nil }
        if range.upperBound == .max { return "\(name) \(value): must be at least \(range.lowerBound)" }
        return "\(name) \(value): must be from \(range.lowerBound) to \(range.upperBound)"
    }

    private func check(_ value: Double, upTo maximum: Double, _ name: String) -> String? {
        value > 0 && value <= maximum ? nil : "\(name) \(value): must be over 0 and at most \(maximum)"
    }

    private func check(_ duration: Duration, _ name: String) -> String? {
        guard duration <= .zero || duration > Self.durationMax else { return nil }
        return "\(name) \(duration.text): must be over 0s and at most \(Self.durationMax.text)"
    }

    private func sequencesProblem() -> String? {
        guard self.reach != .echo, let publishers, publishers > 0, self.connections > 0 else { return nil }
        guard publishers > Self.sequencesMax / self.connections else { return nil }
        return "--publishers \(publishers) times --connections \(self.connections):"
            + " must be at most \(Self.sequencesMax), the number of sequences that bench can check"
    }
}
