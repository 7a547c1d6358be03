import EngineSupport
import Testing

@testable import Engine

@Suite("ReadGate")
struct ReadGateTests {
    @Test("the gate is shut while any block lasts, and reports the shut time once")
    func shutTime() {
        var gate = ReadGate()
        gate.block(at: .seconds(1))
        gate.block(at: .seconds(2))
        gate.unblock(at: .seconds(4))
        #expect(!gate.isOpen)
        let whileShut = gate.takeShutTime(at: .seconds(5))
        gate.unblock(at: .seconds(7))
        #expect(gate.isOpen)
        let afterwards = gate.takeShutTime(at: .seconds(9))
        let nothing = gate.takeShutTime(at: .seconds(10))
        #expect([whileShut, afterwards, nothing] == [.seconds(4), .seconds(2), .zero])
    }
}
