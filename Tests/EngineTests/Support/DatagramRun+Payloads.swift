@testable import Engine

extension DatagramRun {
    var payloads: [[UInt8]] {
        var payloads: [[UInt8]] = []
        self.forEachPayload { payloads.append(Array($0)) }
        return payloads
    }
}
