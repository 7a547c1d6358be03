import Wire

/// No sequence of reads traps or reads outside the datagram. A read that throws does not move the iterator. Each value
/// can be written again.
///
/// The first byte gives the length of the program. Each byte of the program is a read, and also the argument of the
/// read before it. The remaining bytes are the datagram.
enum IteratorTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) -> CInt {
        var input = FuzzInput(bytes)
        let program = input.bytes(Int(input.byte()))
        let datagram = Datagram(input.remainder())
        var iterator = DatagramIterator(datagram)
        for (operation, argument) in zip(program, program.dropFirst() + [0]) {
            let start = iterator.getCurrentIndex()
            let read = FieldReader.all[Int(operation) % FieldReader.all.count]
            var written = Datagram()
            do {
                try read.run(&iterator, Int(Int8(bitPattern: argument)), &written)
            } catch {
                expect(iterator.getCurrentIndex() == start, "\(read.name) threw \(error) and stays at \(start)")
                continue
            }
            let end = iterator.getCurrentIndex()
            expect(start <= end && end <= datagram.byteCount, "\(read.name) moves from \(start) to \(end)")
            let taken = Array(datagram.bytes[start..<end])
            expect(!read.writesTheSame || written.bytes == taken, "\(read.name) read \(taken), wrote \(written.bytes)")
        }
        return 0
    }
}
