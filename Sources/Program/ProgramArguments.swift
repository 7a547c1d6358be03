import ArgumentParser
import Control

/// The arguments of the process as text.
///
/// `CommandLine.arguments` replaces bytes that are not UTF-8, so a path would name a different file.
enum ProgramArguments {
    /// Excludes the program's name.
    static func all() throws -> [String] {
        let pointers = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
        return try Self.texts(pointers.dropFirst().compactMap { $0 })
    }

    /// Validates the arguments.
    ///
    /// - Throws: a `ValidationError` that shows the first argument that is not UTF-8.
    static func texts(_ arguments: [UnsafeMutablePointer<CChar>]) throws -> [String] {
        try arguments.enumerated().map { index, argument in
            guard let text = String(validatingCString: argument) else {
                let shown = ByteText.shown(ByteText.bytes(of: argument))
                throw ValidationError("argument \(index + 1) is not UTF-8: \"\(shown)\"")
            }
            return text
        }
    }
}
