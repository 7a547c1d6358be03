extension String {
    /// Adds trailing spaces up to `width` characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }

    /// Adds leading spaces up to `width` characters.
    func indented(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - self.count)) + self
    }

    /// Shortens the text to at most `width` characters, in the middle: both ends of an address with a port matter.
    func squeezed(to width: Int) -> String {
        guard self.count > width else { return self }
        guard width > 1 else { return String(self.prefix(width)) }
        let tail = (width - 1) / 2
        return self.prefix(width - 1 - tail) + "…" + self.suffix(tail)
    }

    /// Shortens the text to at most `width` characters, at the end.
    func clipped(to width: Int) -> String {
        self.count > width ? self.prefix(max(0, width - 1)) + "…" : self
    }
}
