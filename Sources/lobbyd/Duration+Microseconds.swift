extension Duration {
    /// Whole microseconds, as the log counts time.
    var microseconds: Int64 {
        self.components.seconds * 1_000_000 + self.components.attoseconds / 1_000_000_000_000
    }
}
