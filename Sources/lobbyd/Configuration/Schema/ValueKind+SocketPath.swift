import Control

extension ValueKind where Value == String {
    /// The path of a Unix socket, or empty for no socket. It must be absolute, because a service has no useful working
    /// directory.
    static var socketPath: Self {
        let expected = "\"\" or an absolute path of at most \(UnixSocketPath.bytesMax) bytes without control characters"
        return Self(expected: expected) { value in
            guard case .string(let path) = value.content else { return nil }
            if path.isEmpty { return path }
            guard path.hasPrefix("/"), !path.hasSuffix("/"), UnixSocketPath(path) != nil else { return nil }
            return path.unicodeScalars.contains(where: \.isControl) ? nil : path
        } render: {
            $0.quoted
        }
    }
}
