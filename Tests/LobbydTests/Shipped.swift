@testable import lobbyd

/// The files of this package.
enum Shipped {
    /// - Parameter path: relative to the package's root.
    static func text(_ path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try FileReader.read("/\(root)/\(path)", bytesMax: ConfigurationFile.bytesMax).bytes
        return String(decoding: bytes, as: UTF8.self)
    }
}
