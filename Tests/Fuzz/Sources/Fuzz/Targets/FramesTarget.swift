import Wire

@testable import Engine

/// A stream that is split at any places gives the same frames as the whole stream.
///
/// | bytes | |
/// |---|---|
/// | u8 | lowest bit: the header has 4 bytes; other bits: the number of pieces |
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
        expect(uncut == StreamFrames(takingApart: stream, like: scanner), "a scan finds the frames of the stream")
        expect(cut == uncut, "pieces of \(pieces) give \(cut), not \(uncut)")
        return 0
    }
}
