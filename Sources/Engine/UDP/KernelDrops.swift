/// The datagrams that the kernel dropped in front of a socket, summed up from its counter of 32 bits.
struct KernelDrops: Sendable {
    private(set) var total: UInt64 = 0
    private var lastReading: UInt32 = 0

    /// A socket was opened.
    ///
    /// - Parameter reading: the counter of a socket that existed before; drops up to here were of an earlier process.
    mutating func opened(reading: UInt32) {
        self.lastReading = reading
    }

    /// Adds the drops since the last reading.
    mutating func read(_ reading: UInt32) {
        self.total += UInt64(reading &- self.lastReading)
        self.lastReading = reading
    }
}
