import Testing

@testable import Bench

struct SequenceTrackTests {
    @Test(
        "each arrival is in order, late or a duplicate",
        arguments: [
            ([0, 1, 2], [.inOrder, .inOrder, .inOrder]),
            ([0, 2, 1], [.inOrder, .inOrder, .late]),
            ([0, 2, 1, 1], [.inOrder, .inOrder, .late, .duplicate]),
            ([0, 0], [.inOrder, .duplicate]),
            ([3, 0, 2, 1, 0, 3], [.inOrder, .late, .late, .late, .duplicate, .duplicate]),
            ([0, 5, 5, 6], [.inOrder, .inOrder, .duplicate, .inOrder]),
        ] as [([UInt32], [SequenceTrack.Arrival])]
    )
    func arrivals(numbers: [UInt32], expected: [SequenceTrack.Arrival]) {
        var track = SequenceTrack()
        let arrivals = numbers.map { track.arrived($0) }
        #expect(arrivals == expected)
        #expect(track.next == (numbers.max() ?? 0) + 1)
    }

    @Test("a number within the track's memory is late or a duplicate, and an older one counts as a duplicate")
    func memory() {
        var track = SequenceTrack()
        let newest = UInt32(SequenceTrack.memory)
        _ = track.arrived(newest)
        let arrivals = [1, 1, 0].map { track.arrived($0) }
        #expect(arrivals == [.late, .duplicate, .duplicate])
    }

    @Test("a gap wider than the memory clears it")
    func wideGap() {
        var track = SequenceTrack()
        let arrivals = [0, 1000, 999].map { track.arrived($0) }
        #expect(arrivals == [.inOrder, .inOrder, .late])
    }

    @Test("the numbers wrap around after the largest one")
    func wrapAround() {
        var track = SequenceTrack()
        // The test advances in two steps, because each step may be at most half of all numbers.
        let arrivals = [UInt32(Int32.max), .max, 0, 1, .max].map { track.arrived($0) }
        #expect(arrivals == [.inOrder, .inOrder, .inOrder, .inOrder, .duplicate])
    }
}
