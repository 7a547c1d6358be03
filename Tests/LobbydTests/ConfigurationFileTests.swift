import Glibc
import Testing

@testable import lobbyd

@Suite("Configuration file")
struct ConfigurationFileTests {
    @Test(
        "--config overrides $LOBBYD_CONFIG, which overrides the default path",
        arguments: [
            ("/a", "/b", "/a", true), ("/a", nil, "/a", true), (nil, "/b", "/b", true), ("", "/b", "", true),
            (nil, "", "/etc/lobbyd/lobbyd.toml", false), (nil, nil, "/etc/lobbyd/lobbyd.toml", false),
        ] as [(String?, String?, String, Bool)]
    )
    func precedence(option: String?, variable: String?, path: String, isNamed: Bool) {
        let file = ConfigurationFile(option: option) { $0 == "LOBBYD_CONFIG" ? variable.map { Array($0.utf8) } : nil }
        #expect(file.path == path)
        #expect(file.isNamed == isNamed)
    }

    @Test("without a file at the default path, lobbyd uses the defaults and reports that")
    func noDefaultFile() throws {
        let loaded = try ConfigurationFile.unnamed.load { _, _ throws(FileReadError) in throw .missing }
        let expected = LoadedConfiguration(
            configuration: Configuration(),
            path: "/etc/lobbyd/lobbyd.toml",
            isFromFile: false
        )
        #expect(loaded == expected)
    }

    @Test("a file at the default path is read")
    func defaultFile() throws {
        let loaded = try ConfigurationFile.unnamed.load { path, bytesMax throws(FileReadError) in
            #expect(path == "/etc/lobbyd/lobbyd.toml")
            #expect(bytesMax == 1_048_576)
            return FileContents(bytes: Array("[log]\nlevel = \"debug\"".utf8))
        }
        #expect(loaded.isFromFile)
        #expect(loaded.configuration.log.level == .debug)
    }

    @Test("a named file that is missing is an error")
    func namedFile() {
        let failure = ConfigurationFile.named("/a\n/b").failure { () throws(FileReadError) in throw .missing }
        #expect(failure == "/a\\u000A/b: no such file")
    }

    @Test("an unreadable file at the default path is an error")
    func unreadableDefault() {
        let failure = ConfigurationFile.unnamed.failure { () throws(FileReadError) in throw .system(EACCES) }
        #expect(failure == "/etc/lobbyd/lobbyd.toml: cannot be read: Permission denied")
    }

    @Test("each error begins with the path of the file, on its own line")
    func errors() {
        let failure = ConfigurationFile.named("/x.toml").failure { Array("[a]\n[b]".utf8) }
        #expect(failure == "/x.toml:1:2: unknown table \"a\"\n/x.toml:2:2: unknown table \"b\"")
    }

    @Test("a directory, a missing file and a device give different errors")
    func realFiles() {
        #expect(throws: FileReadError.isDirectory) { try FileReader.read("/", bytesMax: 10) }
        #expect(throws: FileReadError.missing) { try FileReader.read("/proc/self/none", bytesMax: 10) }
        #expect(throws: FileReadError.system(ENOTDIR)) { try FileReader.read("/dev/null/x", bytesMax: 10) }
        #expect(throws: FileReadError.isNoRegularFile) { try FileReader.read("/dev/zero", bytesMax: 10) }
        #expect(FileReadError.tooLong(bytesMax: 10).description == "is longer than the limit of 10 bytes")
        #expect(FileReadError.isDirectory.description == "is a directory, not a file")
    }

    @Test("a file of the largest size is read whole, and one byte more is an error")
    func sizeLimit() throws {
        let bytes = (0..<150_000).map { UInt8(truncatingIfNeeded: $0) }
        try TemporaryFile.with(bytes) { path in
            let read = try FileReader.read(path, bytesMax: bytes.count)
            #expect(read.bytes == bytes)
            #expect(throws: FileReadError.tooLong(bytesMax: bytes.count - 1)) {
                try FileReader.read(path, bytesMax: bytes.count - 1)
            }
        }
    }

    @Test("a pipe without a writer is an error, and does not block")
    func pipe() throws {
        try TemporaryFile.with([]) { path in
            unlink(path)
            try #require(mkfifo(path, 0o600) == 0)
            #expect(throws: FileReadError.isNoRegularFile) { try FileReader.read(path, bytesMax: 10) }
        }
    }

    @Test("a world-writable file is refused, and lobbyd as root also refuses a group-writable one")
    func writable() throws {
        let (root, user) = (FileTrust(user: 0), FileTrust(user: 1))
        try TemporaryFile.with([1]) { path in
            try #require(chmod(path, 0o660) == 0)
            #expect(try FileReader.read(path, bytesMax: 10, by: user).bytes == [1])
            #expect(throws: FileReadError.isWritableByGroup) { try FileReader.read(path, bytesMax: 10, by: root) }
            try #require(chmod(path, 0o662) == 0)
            for trust in [root, user] {
                #expect(throws: FileReadError.isWritableByAll) { try FileReader.read(path, bytesMax: 10, by: trust) }
            }
        }
    }

    @Test("a $LOBBYD_CONFIG that is not UTF-8 is an error")
    func notUTF8() {
        let file = ConfigurationFile(option: nil) { _ in [0x2F, 0xE9] }
        #expect(file.isNamed)
        #expect(
            file.failure { () throws(FileReadError) in [] }
                == #"/\xE9: $LOBBYD_CONFIG is not UTF-8; use a path in UTF-8"#
        )
        #expect(ConfigurationFile(option: "/a") { _ in [0xE9] }.failure { () throws(FileReadError) in [] } == nil)
    }

    @Test(
        "a file has keys if it sets a value, even a default one",
        arguments: [
            ("", false), ("# port = 1\n", false), ("[limits]", false), ("[[listener]]\n[access]", false),
            ("[[listener]]\nport = 9099", true), ("[access]\nallow = []", true), ("server.drain = \"5s\"", true),
        ]
    )
    func keys(text: String, hasKeys: Bool) throws {
        let loaded = try ConfigurationFile.named("/x").load { _, _ throws(FileReadError) in
            FileContents(bytes: Array(text.utf8), strangeOwner: 5)
        }
        #expect(loaded.hasKeys == hasKeys)
        #expect(loaded.strangeOwner == 5)
    }
}

extension ConfigurationFile {
    fileprivate static let unnamed = ConfigurationFile(option: nil) { _ in nil }

    fileprivate static func named(_ path: String) -> Self {
        Self(option: path) { _ in nil }
    }

    /// Loads the file with these bytes or this read error, and returns the error text.
    fileprivate func failure(reading bytes: () throws(FileReadError) -> [UInt8]) -> String? {
        do {
            _ = try self.load { _, _ throws(FileReadError) in FileContents(bytes: try bytes()) }
            return nil
        } catch {
            return error.description
        }
    }
}
