@testable import LobbydConfiguration

/// Any bytes are a configuration, or have errors with valid positions. A dump of a configuration parses as the same
/// one.
enum ConfigurationTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) -> CInt {
        let text = Array(bytes)
        do {
            let configuration = try Configuration(parsing: text, file: "fuzz.toml")
            Self.check(dumpOf: configuration)
        } catch {
            Self.check(error, of: text)
        }
        return 0
    }

    private static func check(dumpOf configuration: Configuration) {
        let dump = configuration.toml
        do {
            let again = try Configuration(parsing: Array(dump.utf8), file: "dump.toml")
            expect(again == configuration, "\(configuration) dumps as itself, not as \(again)")
        } catch {
            expect(false, "a dump is valid: \(error)\n\(dump)")
        }
    }

    private static func check(_ error: ConfigurationError, of text: [UInt8]) {
        expect(!error.problems.isEmpty, "an error names a problem")
        let lineCount = text.count { $0 == UInt8(ascii: "\n") } + 1
        for problem in error.problems {
            guard let position = problem.position else { continue }
            expect(1...lineCount ~= position.line, "\(problem) is in one of \(lineCount) lines")
            expect(1...text.count + 1 ~= position.column, "\(problem) is in its line")
            expect(
                !problem.description.utf8.contains { $0 < 0x20 || $0 == 0x7F },
                "\(problem) has no control characters"
            )
        }
    }
}
