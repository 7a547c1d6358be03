import ArgumentParser

/// The arguments of the process as text.
///
/// `CommandLine.arguments` replaces bytes that are not UTF-8, so that a path would name another file.
enum ProgramArguments {
    /// Without the program's name.
    static func all() throws -> [String] {
        let pointers = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
        return try Self.texts(pointers.dropFirst().compactMap { $0 })
    }

    /// - Throws: a `ValidationError` that shows the first argument that is not UTF-8.
    static func texts(_ arguments: [UnsafeMutablePointer<CChar>]) throws -> [String] {
        try arguments.enumerated().map { index, argument in
            guard let text = String(validatingCString: argument) else {
                throw ValidationError("argument \(index + 1) is not UTF-8: \"\(Self.escaped(argument))\"")
            }
            return text
        }
    }

    /// Each byte that is not printable ASCII as `\xFF`.
    private static func escaped(_ argument: UnsafeMutablePointer<CChar>) -> String {
        var escaped = ""
        var next = argument
        while next.pointee != 0 {
            let byte = UInt8(bitPattern: next.pointee)
            let hex = String(byte, radix: 16, uppercase: true)
            let isPlain = (0x20...0x7E).contains(byte)
            escaped += isPlain ? String(Unicode.Scalar(byte)) : "\\x" + (hex.utf8.count == 1 ? "0" : "") + hex
            next += 1
        }
        return escaped
    }
}
