import ArgumentParser
import Control
import Engine
import Glibc
import Logging
import Logs
import Program
import Systemd

@main
struct LobbydCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lobbyd",
        abstract: "A game-lobby relay for Panda3D's datagrams.",
        discussion: """
            lobbyd opens the ports of its configuration, and echoes, broadcasts or drops each datagram that it receives. On \
            SIGTERM or SIGINT it sends the queued data and exits; on a second one it exits at once. On SIGHUP it reloads the \
            configuration; if the file has errors, it logs them and keeps the old configuration.

            Exit statuses:
            \(ExitStatus.allCases.map { "\($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))
            """,
        version: Version.text
    )

    @Option(
        help: ArgumentHelp(
            "The configuration file.",
            discussion:
                "Default: $LOBBYD_CONFIG, then \(ConfigurationFile.defaultPath), which need not exist.",
            valueName: "file"
        )
    )
    var config: String?

    @Flag(help: "Check the configuration, print every error, and exit.")
    var check = false

    @Flag(help: "Print the configuration with every default filled in, and exit.")
    var dumpConfig = false

    @Flag(help: ArgumentHelp("Print the facts of the documents as JSON, for scripts/generate.", visibility: .hidden))
    var printReference = false

    @Option(
        help: ArgumentHelp(
            "The lowest level to log. It overrides the configuration.",
            discussion: "One of \(levels).",
            valueName: "level"
        ),
        transform: level
    )
    var logLevel: Logger.Level?

    @Option(help: "The destination and format of the log. It overrides the configuration.")
    var logFormat: LogFormat?

    /// Blocks SIGHUP first, so that an early reload request waits. An unblocked SIGHUP would end the process.
    static func main() {
        StandardStream.occupyClosed(.silent)
        DaemonSignal.block([.hangUp])
        Self.runProgram()
    }

    func run() throws {
        // Otherwise a write to a closed standard error would end the relay.
        signal(SIGPIPE, SIG_IGN)
        if self.check || self.dumpConfig || self.printReference { DaemonSignal.unblock([.hangUp]) }
        if self.printReference { return try StandardStream.output.print("\(Reference.json)") }
        let notifier = Notifier()
        let source = ConfigurationSource(
            file: ConfigurationFile(option: self.config),
            logLevel: self.logLevel,
            logFormat: self.logFormat
        )
        let loaded = try self.load(source.file, notifier)
        if self.check {
            let verdict = loaded.isFromFile ? "valid" : "does not exist; the defaults apply"
            try StandardStream.output.print("\(loaded.path): \(verdict)")
        } else if self.dumpConfig {
            try StandardStream.output.write(loaded.configuration.toml)
        } else {
            let status = try self.serve(source.overriding(loaded), of: source, notifier)
            throw ExitCode(status.rawValue)
        }
    }

    private func load(_ file: ConfigurationFile, _ notifier: Notifier) throws -> LoadedConfiguration {
        do throws(ConfigurationError) {
            return try file.load()
        } catch {
            // The exit status reports the failure even if standard error is closed.
            try? StandardStream.error.print("\(error)")
            notifier.failed(status: error.problems[0].description, errno: EINVAL)
            notifier.flush()
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
    }

    private func serve(
        _ loaded: LoadedConfiguration,
        of source: ConfigurationSource,
        _ notifier: Notifier
    ) throws -> ExitStatus {
        let sockets = Result { () throws(ListenDescriptors.Invalid) in try ListenDescriptors.take() }
        // Signals are blocked before a second thread starts, because the system could deliver them to it.
        DaemonSignal.block()
        _ = DescriptorLimit.raise()
        let format = loaded.configuration.log.format
        let shortage = StartNeeds(
            loaded.configuration,
            isNotifying: notifier.isHeard,
            isInJournal: format.resolved(in: .current()) == .journal
        ).shortage()
        let backend = LogBackend.bootstrap(
            format: format,
            level: loaded.configuration.log.level,
            identifier: "lobbyd",
            messageIDs: DaemonEvent.messageIDs
        )
        defer {
            notifier.flush()
            backend.flush()
        }
        var daemon = Daemon(
            source: source,
            log: Logger(label: "lobbyd"),
            logLevel: LogLevelSwitch(backend.level),
            notifier: notifier,
            counts: DaemonCounts { backend.droppedCount }
        )
        daemon.reportStarting(configuredBy: source.description(isFromFile: loaded.isFromFile))
        if let shortage {
            daemon.reportExhausted(shortage)
            return .system
        }
        do {
            daemon.inheritedSockets = try sockets.get()
        } catch {
            daemon.reportRefused(error)
            return .configuration
        }
        return try daemon.run(loaded)
    }
}

private let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")

private func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
        throw ValidationError("no such level: \(text.quoted); the levels are \(levels)")
    }
    return level
}

extension LogFormat: ExpressibleByArgument {}
