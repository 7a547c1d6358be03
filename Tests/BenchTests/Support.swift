import Engine
import Wire

@testable import Bench

/// A workload of 3 connections and 2 publishers, with the shortest possible payload.
func workload(_ reach: Reach, _ change: (inout WorkloadOptions) -> Void = { _ in }) -> Workload {
    var options = WorkloadOptions()
    options.connections = 3
    options.publishers = 2
    options.payloadBytes = Stamp.byteCount
    change(&options)
    return options.workload(reach)
}

func stamp(_ publisher: UInt32, _ sequence: UInt32, tag: UInt16 = 8, sentAt: UInt64 = 0) -> Stamp {
    Stamp(messageType: 1, tag: tag, publisher: publisher, sequence: sequence, sentAt: sentAt)
}

func payload(_ stamp: Stamp, byteCount: Int = Stamp.byteCount) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(byteCount, Stamp.byteCount))
    bytes.withUnsafeMutableBytes { stamp.write(to: $0) }
    return Array(bytes.prefix(byteCount))
}
