import Control

/// Any line is a request, or gets an error in one line. A parsed request, written and parsed again, is the same.
///
/// The first byte is the length of the pieces in which the rest arrives.
enum ControlTarget {
    /// The limit for a line. It is lower than lobbyd's limit, so that the fuzzer can exceed it.
    static let lineBytesMax = 512
    /// The number of lines that are parsed. More lines in one input would only cost time.
    static let linesRead = 16

    static func run(_ bytes: UnsafeRawBufferPointer) -> CInt {
        var input = FuzzInput(bytes)
        let pieceBytes = Int(input.byte()) + 1
        let stream = input.remainder()
        let whole = Self.lines(of: stream, inPiecesOf: max(stream.count, 1))
        let cut = Self.lines(of: stream, inPiecesOf: pieceBytes)
        expect(cut == whole, "lines in pieces of \(pieceBytes), \(cut), equal those in one piece, \(whole)")
        for line in cut.prefix(Self.linesRead) { Self.read(line) }
        return 0
    }

    /// Returns the lines before the first line that is too long.
    private static func lines(of stream: [UInt8], inPiecesOf pieceBytes: Int) -> [[UInt8]] {
        var buffer = LineBuffer(bytesMax: Self.lineBytesMax)
        var lines: [[UInt8]] = []
        var rest = stream[...]
        do {
            repeat {
                buffer.append(rest.prefix(pieceBytes))
                rest = rest.dropFirst(pieceBytes)
                while let line = try buffer.next() { lines.append(line) }
            } while !rest.isEmpty
        } catch {}
        return lines
    }

    private static func read(_ line: [UInt8]) {
        do {
            let command = try ControlCommand(request: line)
            let request = command.request
            expect(request.last == UInt8(ascii: "\n"), "\(request) ends its line")
            let again = try ControlCommand(request: Array(request.dropLast()))
            expect(again == command, "\(command) reads back as itself, not as \(again)")
        } catch {
            let answer = ControlAnswer.error(error).line
            expect(answer.firstIndex(of: UInt8(ascii: "\n")) == answer.count - 1, "\(answer) is one line")
            expect(ControlAnswer(line: Array(answer.dropLast())) == .error(error), "\(answer) reads back as \(error)")
        }
        Self.reread(line)
    }

    private static func reread(_ line: [UInt8]) {
        guard let value = try? JSONParser.parse(line) else { return }
        var written: [UInt8] = []
        value.write(to: &written)
        expect(!written.contains { $0 < 0x20 || $0 == 0x7F }, "\(written) has no control characters")
        do {
            let again = try JSONParser.parse(written)
            expect(again == value, "\(value) reads back as itself, not as \(again)")
        } catch {
            expect(false, "\(value) is JSON: \(error)")
        }
    }
}
