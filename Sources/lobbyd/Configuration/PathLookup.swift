import Control
import Glibc

/// The way that the system takes to a file: the directories in which it looks a name up, through symbolic links too.
struct PathLookup {
    /// As many links as the system follows.
    static let linksMax = 40
    private static let slash = UInt8(ascii: "/")

    /// Absolute paths without links, in the order of the way, each once.
    private(set) var directories: [[UInt8]] = []
    private var here: [UInt8] = []
    private var linksLeft = Self.linksMax

    /// - Parameters:
    ///   - path: a relative one begins at `workingDirectory`.
    ///   - target: the path in a symbolic link; nil for every other file.
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
    /// On this machine, now.
    ///
    /// - Throws: when the path is relative and the working directory is gone.
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
    /// Calls `body` with the path that these bytes are.
    func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (self.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let path = buffer.baseAddress else { preconditionFailure("a path without its zero") }
            return body(path)
        }
    }
}
