import Control
import Glibc

/// The path of the configuration: `--config`, else `$LOBBYD_CONFIG`, else the default path. lobbyd never searches the
/// working directory.
struct ConfigurationFile: Sendable, Equatable {
    static let defaultPath = "/etc/lobbyd/lobbyd.toml"
    static let pathVariable = "LOBBYD_CONFIG"
    /// The longest accepted file, far longer than any configuration. It bounds the memory that a wrong path can cost.
    static let bytesMax = 1_048_576

    let path: String
    /// Whether the operator named the file. A named file must exist.
    let isNamed: Bool
    /// The fault of a `$LOBBYD_CONFIG` that is not UTF-8; otherwise nil. With a fault, `path` is a printable form of
    /// the bytes, and does not name the file.
    private let pathFault: String?

    /// Chooses the path.
    ///
    /// - Parameters:
    ///   - option: the value of `--config`; nil without the option.
    ///   - environment: returns the bytes of a variable. An empty variable counts as unset.
    init(option: String?, environment: (String) -> [UInt8]? = Self.variable) {
        let variable = option == nil ? environment(Self.pathVariable).flatMap { $0.isEmpty ? nil : $0 } : nil
        let text = variable.flatMap { String(validating: $0, as: UTF8.self) }
        self.path = option ?? text ?? variable.map(ByteText.shown) ?? Self.defaultPath
        self.isNamed = option != nil || variable != nil
        let isFaulty = variable != nil && text == nil
        self.pathFault = isFaulty ? "$\(Self.pathVariable) is not UTF-8; use a path in UTF-8" : nil
    }

    /// Reads the file. Returns the defaults when the default path has no file.
    ///
    /// - Parameters:
    ///   - isKnown: whether the file existed before. If it did, its absence is an error: the defaults would surprise an
    ///     operator who moved the file.
    ///   - read: reads a file of at most the given number of bytes.
    func load(
        isKnown: Bool = false,
        read: (String, Int) throws(FileReadError) -> FileContents = FileReader.read
    ) throws(ConfigurationError) -> LoadedConfiguration {
        if let pathFault { throw self.unusable(because: pathFault) }
        let contents: FileContents
        do {
            contents = try read(self.path, Self.bytesMax)
        } catch .missing where !self.isNamed && !isKnown {
            return LoadedConfiguration(configuration: Configuration(), path: self.path, isFromFile: false)
        } catch {
            throw self.unusable(because: error.description)
        }
        var loaded = LoadedConfiguration(
            configuration: try Configuration(parsing: contents.bytes, file: self.path),
            path: self.path,
            isFromFile: true
        )
        loaded.hasKeys = Configuration.hasKeys(contents.bytes)
        loaded.strangeOwner = contents.strangeOwner
        return loaded
    }

    /// Makes an error that concerns the file as a whole.
    func unusable(because message: String) -> ConfigurationError {
        ConfigurationError(problems: [ConfigurationProblem(file: self.path, position: nil, message: message)])
    }

    private static func variable(_ name: String) -> [UInt8]? {
        getenv(name).map { ByteText.bytes(of: $0) }
    }
}

/// A configuration and its source.
struct LoadedConfiguration: Sendable, Equatable {
    var configuration: Configuration
    let path: String
    /// false when the default path has no file. `configuration` then holds the defaults.
    let isFromFile: Bool
    /// Whether the file sets at least one key, even to its default value.
    var hasKeys = false
    /// The owner of the file, when this process is root and should not trust that user.
    var strangeOwner: UInt32?
}
