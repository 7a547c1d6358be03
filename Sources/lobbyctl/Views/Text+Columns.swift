extension String {
    /// With spaces after it, up to `width` characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }

    /// With spaces before it, up to `width` characters.
    func indented(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - self.count)) + self
    }

    /// At most `width` characters, the middle left out: of an address with its port both ends tell something.
    func squeezed(to width: Int) -> String {
        guard self.count > width else { return self }
        guard width > 1 else { return String(self.prefix(width)) }
        let tail = (width - 1) / 2
        return self.prefix(width - 1 - tail) + "…" + self.suffix(tail)
    }

    /// At most `width` characters, the end left out.
    func clipped(to width: Int) -> String {
        self.count > width ? self.prefix(max(0, width - 1)) + "…" : self
    }
}
