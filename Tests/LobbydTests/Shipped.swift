@testable import lobbyd

/// Files of this package.
enum Shipped {
    /// - Parameter path: from the root of the package.
    static func text(_ path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try FileReader.read("/\(root)/\(path)", bytesMax: ConfigurationFile.bytesMax).bytes
        return String(decoding: bytes, as: UTF8.self)
    }
}
