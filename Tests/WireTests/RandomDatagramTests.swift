import SeededRandom
import Testing
import Wire

@Suite("Random datagrams")
struct RandomDatagramTests {
    @Test("random fields read back in the order of writing", arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var datagram = Datagram()
        var checks: [RandomField.Check] = []
        for _ in 0..<200 {
            let field = try #require(RandomField.all.randomElement(using: &generator))
            checks.append(try field.add(&datagram, &generator))
        }

        var iterator = DatagramIterator(datagram)
        for check in checks {
            #expect(try check(&iterator))
        }
        #expect(iterator.getRemainingSize() == 0)
    }

    @Test(
        "reads of random bytes never trap, and a failed read keeps the index",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func garbage(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let byteCount = Int.random(in: 0...40, using: &generator)
            // Half of the bytes are small, so some counts are valid.
            let bytes = generator.bytes(count: byteCount).map { $0 < 128 ? $0 % 4 : $0 }
            var iterator = DatagramIterator(Datagram(bytes))
            for field in RandomField.all.shuffled(using: &generator) {
                let before = iterator.getCurrentIndex()
                do {
                    try field.get(&iterator)
                    #expect(before <= iterator.getCurrentIndex())
                } catch {
                    #expect(error is WireError)
                    #expect(iterator.getCurrentIndex() == before)
                }
                #expect(iterator.getCurrentIndex() + iterator.getRemainingSize() == byteCount)
                #expect(iterator.getRemainingSize() >= 0)
            }
        }
    }
}
