import Wire

/// No order of reads traps or leaves the datagram, a read that throws moves nothing, and what was read can be written again.
///
/// The first byte says how many reads follow, a byte each and one for those that take a count; the rest is the datagram.
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
            expect(start <= end && end <= datagram.byteCount, "\(read.name) goes on from \(start) to \(end)")
            let taken = Array(datagram.bytes[start..<end])
            expect(!read.writesTheSame || written.bytes == taken, "\(read.name) read \(taken), wrote \(written.bytes)")
        }
        return 0
    }
}
