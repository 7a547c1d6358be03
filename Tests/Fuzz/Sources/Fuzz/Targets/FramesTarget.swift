import Wire

@testable import Engine

/// A stream cut anywhere gives the frames of the uncut one.
///
/// | bytes | |
/// |---|---|
/// | u8 | lowest bit: the header has 4 bytes; the others: how many cuts follow |
/// | u8 | `payloadBytesMax` |
/// | u8 each | the length of a piece |
/// | the rest | the stream |
enum FramesTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) -> CInt {
        var input = FuzzInput(bytes)
        let choices = input.byte()
        let framing = choices & 1 == 0 ? Framing.two : .four
        let scanner = FrameScanner(framing: framing, payloadBytesMax: Int(input.byte()))
        let pieces = input.bytes(Int(choices >> 1)).map(Int.init)
        let stream = input.remainder()

        let uncut = StreamFrames(scanning: stream, with: scanner)
        let cut = StreamFrames(reading: stream, inPieces: pieces, with: scanner)
        expect(uncut == StreamFrames(takingApart: stream, like: scanner), "a scan finds the frames that are there")
        expect(cut == uncut, "\(pieces) cut \(cut) out of \(uncut)")
        return 0
    }
}
