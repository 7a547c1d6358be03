import Logging
import Testing

@testable import lobbyd

@Suite("Sources of the configuration")
struct ConfigurationSourceTests {
    @Test("the command line overrides the file")
    func overrides() {
        let file = ConfigurationFile(option: "f")
        let loaded = LoadedConfiguration(configuration: Configuration(), path: "f", isFromFile: true)
        var source = ConfigurationSource(file: file)
        #expect(source.overriding(loaded) == loaded)
        source.logLevel = .trace
        source.logFormat = .json
        let log = source.overriding(loaded).configuration.log
        #expect(log.level == .trace && log.format == .json)
    }

    @Test("a file that loses all its keys is an error")
    func emptied() throws {
        try TemporaryFile.with([]) { path in
            let source = ConfigurationSource(file: ConfigurationFile(option: path))
            let loaded = try source.load()
            #expect(!loaded.hasKeys)
            let problem = #expect(throws: ConfigurationError.self) { try source.load(hadKeys: true) }
            let text = "\(path): sets no key, but the configuration in force does"
            #expect(problem?.description.hasPrefix(text) == true)
        }
    }

    @Test("a file that disappears is an error, even at the default path")
    func known() throws {
        let file = ConfigurationFile(option: nil) { _ in nil }
        let missing = { (_: String, _: Int) throws(FileReadError) -> FileContents in throw .missing }
        #expect(try file.load(read: missing).isFromFile == false)
        #expect(throws: ConfigurationError.self) { try file.load(isKnown: true, read: missing) }
    }
}
