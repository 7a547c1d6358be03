import Engine
import Wire

@testable import Relay

/// Records the actions of a handler.
final class RecordingOutlet: DatagramOutlet {
    enum Deed: Equatable {
        case reply([[UInt8]])
        case broadcast([[UInt8]], includingSender: Bool)
        case drop([[UInt8]])
    }

    var deeds: [Deed] = []
    /// The bytes that each broadcast holds back.
    var heldBackByBroadcast = 0
    private(set) var heldBackBytes = 0

    func reply(_ run: DatagramRun) { self.deeds.append(.reply(run.payloads)) }

    func broadcast(_ run: DatagramRun, includingSender: Bool) {
        self.deeds.append(.broadcast(run.payloads, includingSender: includingSender))
        self.heldBackBytes = self.heldBackByBroadcast
    }

    func drop(_ run: DatagramRun) { self.deeds.append(.drop(run.payloads)) }
}

extension DatagramRun {
    /// The payloads, whose number must equal the run's count.
    var payloads: [[UInt8]] {
        var payloads: [[UInt8]] = []
        self.forEachPayload { payloads.append(Array($0)) }
        precondition(payloads.count == self.datagramCount, "a run with a wrong datagram count")
        return payloads
    }
}

/// Hands the payloads over as one run, and returns the recorded actions.
func deeds(of payloads: [[UInt8]], framing: Framing = .two, _ handle: (DatagramRun, RecordingOutlet) -> Void)
    -> [RecordingOutlet.Deed]
{
    var bytes: [UInt8] = []
    for payload in payloads {
        var frame = [UInt8](repeating: 0, count: framing.size) + payload
        frame.withUnsafeMutableBytes { framing.writeHeader(payloadBytes: payload.count, to: $0) }
        bytes += frame
    }
    let outlet = RecordingOutlet()
    bytes.withUnsafeBytes {
        handle(DatagramRun(bytes: $0, datagramCount: payloads.count, framing: framing), outlet)
    }
    return outlet.deeds
}
