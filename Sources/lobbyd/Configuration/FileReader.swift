import Glibc

/// Why a file gave no bytes.
enum FileReadError: Error, Equatable {
    case missing
    case isDirectory
    case tooLong(bytesMax: Int)
    /// What the system said, by its `errno`.
    case system(CInt)
}

/// Reads whole small files.
enum FileReader {
    static func read(_ path: String, bytesMax: Int) throws(FileReadError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileReadError(errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        // One more than allowed tells a file that ends there from one that goes on.
        while bytes.count <= bytesMax {
            let chunk = try Self.readOnce(descriptor, bytesMax: bytesMax + 1 - bytes.count)
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw .tooLong(bytesMax: bytesMax)
    }

    /// Empty at the end of the file.
    private static func readOnce(_ descriptor: CInt, bytesMax: Int) throws(FileReadError) -> [UInt8] {
        var failure: CInt = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: min(bytesMax, 65_536)) { buffer, count in
            repeat {
                count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                failure = count < 0 ? errno : 0
            } while failure == EINTR
            count = max(count, 0)
        }
        guard failure == 0 else { throw FileReadError(errno: failure) }
        return chunk
    }
}

extension FileReadError: CustomStringConvertible {
    init(errno: CInt) {
        self =
            switch errno {
            case ENOENT: .missing
            case EISDIR: .isDirectory
            default: .system(errno)
            }
    }

    var description: String {
        switch self {
        case .missing: "no such file"
        case .isDirectory: "is a directory, not a file"
        case .tooLong(let bytesMax): "is longer than \(bytesMax) bytes"
        case .system(let errno): "cannot be read: \(String(cString: strerror(errno)))"
        }
    }
}
