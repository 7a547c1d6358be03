import Control
import Glibc

/// The directories in which the kernel looks up the names of a path, including the paths of symbolic links.
struct PathLookup {
    /// The number of symbolic links that Linux follows in one lookup.
    static let linksMax = 40
    private static let slash = UInt8(ascii: "/")

    /// Absolute paths without symbolic links, in the order of the lookup, each once.
    private(set) var directories: [[UInt8]] = []
    private var here: [UInt8] = []
    private var linksLeft = Self.linksMax

    /// Follows `path`.
    ///
    /// - Parameters:
    ///   - path: a relative path begins at `workingDirectory`.
    ///   - target: returns the target of a symbolic link; nil for any other file.
    init(of path: [UInt8], from workingDirectory: [UInt8], target: ([UInt8]) -> [UInt8]?) {
        let isAbsolute = path.first == Self.slash
        self.follow(isAbsolute ? path : workingDirectory + [Self.slash] + path, target)
    }

    private mutating func follow(_ path: [UInt8], _ target: ([UInt8]) -> [UInt8]?) {
        if path.first == Self.slash { self.here = [] }
        for name in path.split(separator: Self.slash) {
            switch Array(name) {
            case Array(".".utf8): break
            case Array("..".utf8): self.here = self.here.lastIndex(of: Self.slash).map { Array(self.here[..<$0]) } ?? []
            case let name: self.step(to: name, target)
            }
        }
    }

    private mutating func step(to name: [UInt8], _ target: ([UInt8]) -> [UInt8]?) {
        let directory = self.here.isEmpty ? [Self.slash] : self.here
        if !self.directories.contains(directory) { self.directories.append(directory) }
        let path = self.here + [Self.slash] + name
        guard self.linksLeft > 0, let destination = target(path) else {
            self.here = path
            return
        }
        self.linksLeft -= 1
        self.follow(destination, target)
    }
}

extension PathLookup {
    /// Follows `path` through the file system of this machine.
    ///
    /// - Throws: `FileReadError`, when the path is relative and the working directory no longer exists.
    init(of path: String) throws(FileReadError) {
        let workingDirectory = path.hasPrefix("/") ? [] : try Self.workingDirectory()
        self.init(of: Array(path.utf8), from: workingDirectory, target: Self.target)
    }

    private static func workingDirectory() throws(FileReadError) -> [UInt8] {
        guard let path = getcwd(nil, 0) else { throw .system(errno) }
        defer { free(path) }
        return ByteText.bytes(of: path)
    }

    private static func target(of path: [UInt8]) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) { target in
                guard let start = target.baseAddress else { return 0 }
                return max(0, path.withCPath { readlink($0, start, target.count) })
            }
        }
        return bytes.isEmpty ? nil : bytes
    }
}

extension [UInt8] {
    /// Calls `body` with these bytes as a C string.
    func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (self.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let path = buffer.baseAddress else { preconditionFailure("a path without a final zero") }
            return body(path)
        }
    }
}
