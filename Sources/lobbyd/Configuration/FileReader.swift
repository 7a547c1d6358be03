import Glibc

/// The reason why a file could not be read.
enum FileReadError: Error, Equatable {
    case missing
    case isDirectory
    /// A pipe, a socket or a device. It may never end, and cannot be read a second time.
    case isNoRegularFile
    /// World-writable: every local user could control this program with it.
    case isWritableByAll
    /// Group-writable while this process is root: the group's members could control a root process.
    case isWritableByGroup
    /// The directory is world-writable without the sticky bit, so every user may replace the file.
    case isReplaceable(directory: String)
    case tooLong(bytesMax: Int)
    /// The system's error, by its `errno`.
    case system(CInt)
}

/// The contents of a file that was read to its end.
struct FileContents: Sendable, Equatable {
    var bytes: [UInt8]
    /// The owner of the file, when this process is root and should not trust that user.
    var strangeOwner: UInt32?
}

/// Reads small files whole. Refuses world-writable files and files that every user may replace.
enum FileReader {
    static func read(_ path: String, bytesMax: Int) throws(FileReadError) -> FileContents {
        try Self.read(path, bytesMax: bytesMax, by: .current)
    }

    static func read(_ path: String, bytesMax: Int, by trust: FileTrust) throws(FileReadError) -> FileContents {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileReadError(errno: errno) }
        defer { close(descriptor) }
        let owner = try Self.check(descriptor, trust)
        try Self.checkDirectories(of: path, trust)
        var bytes: [UInt8] = []
        // One byte more than the limit distinguishes a file of exactly that length from a longer one.
        while bytes.count <= bytesMax {
            let chunk = try Self.readOnce(descriptor, bytesMax: bytesMax + 1 - bytes.count)
            if chunk.isEmpty { return FileContents(bytes: bytes, strangeOwner: trust.stranger(owner)) }
            bytes += chunk
        }
        throw .tooLong(bytesMax: bytesMax)
    }

    /// Checks the type and the permissions of the open file.
    ///
    /// - Returns: the owner of the file.
    private static func check(_ descriptor: CInt, _ trust: FileTrust) throws(FileReadError) -> uid_t {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileReadError(errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isDirectory
        default: throw .isNoRegularFile
        }
        if let fault = trust.fault(ofFile: status.st_mode) { throw fault }
        return status.st_uid
    }

    private static func checkDirectories(of path: String, _ trust: FileTrust) throws(FileReadError) {
        for directory in try PathLookup(of: path).directories {
            var status = stat()
            guard directory.withCPath({ stat($0, &status) }) == 0 else { throw .system(errno) }
            guard !trust.isReplaceable(inDirectory: status.st_mode) else {
                throw .isReplaceable(directory: String(decoding: directory, as: UTF8.self))
            }
        }
    }

    /// Reads the next bytes; empty at the end of the file.
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
            // open(2) fails with ENXIO on a socket.
            case ENXIO: .isNoRegularFile
            default: .system(errno)
            }
    }

    var description: String {
        switch self {
        case .missing: "no such file"
        case .isDirectory: "is a directory, not a file"
        case .isNoRegularFile: "is a pipe, a socket or a device, not a file"
        case .isWritableByAll: "is refused because it is world-writable; run chmod o-w on it"
        case .isWritableByGroup: "is refused because it is group-writable and lobbyd runs as root; run chmod g-w on it"
        case .isReplaceable(let directory):
            "is refused because every user may replace files in \(directory); run chmod o-w or chmod +t on that directory"
        case .tooLong(let bytesMax): "is longer than the limit of \(bytesMax) bytes"
        case .system(let errno): "cannot be read: \(String(cString: strerror(errno)))"
        }
    }
}
