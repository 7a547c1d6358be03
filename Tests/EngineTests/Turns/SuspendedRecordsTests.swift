import Testing
import Wire

@testable import Engine

@Suite("UDP records of suspended fan-outs")
struct SuspendedRecordsTests {
    @Test("suspended UDP records pause reading at their limit, and one record fewer does not", arguments: [-1, 0, 1])
    func bound(excess: Int) throws {
        let test = try TestShard()
        let connection = test.connections(1)[0]
        let turn = Turn(number: 1)
        let record = [UInt8](repeating: 0, count: Framing.udp.size)
        record.withUnsafeBytes { bytes in
            let count = SuspendedFanOuts.recordsMax + excess
            let span = turn.log.append(DatagramRun(bytes: bytes, datagramCount: count, framing: .udp), as: .udp)
            turn.fanOut(to: test.shard.members).add(span, as: .udp)
        }
        var suspended = SuspendedFanOuts()
        suspended.owe(turn, to: connection)
        #expect(suspended.isMuch == (excess >= 0))
        suspended.forget(connection)
        suspended.forgetDone()
        #expect(!suspended.isMuch && suspended.isEmpty)
    }
}
