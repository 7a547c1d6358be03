import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Runs the command and ends the process. If standard output cannot take all text, the exit status is 1.
    public static func runProgram() -> Never {
        // Otherwise a write beyond the file size limit would kill the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try self.parseAsRoot(try ProgramArguments.all())
            try command.run()
        } catch let failure as StreamFailure {
            self.end(failure)
        } catch {
            self.end(error)
        }
        Glibc.exit(EXIT_SUCCESS)
    }

    /// Prints the text and exits.
    ///
    /// - Parameter error: an error, or a request for help.
    private static func end(_ error: any Error) -> Never {
        let status = self.exitCode(for: error).rawValue
        let text = self.fullMessage(for: error)
        if !text.isEmpty {
            do throws(StreamFailure) {
                try (status == EXIT_SUCCESS ? StandardStream.output : .error).print(text)
            } catch {
                if status == EXIT_SUCCESS { self.end(error) }
            }
        }
        Glibc.exit(status)
    }

    private static func end(_ failure: StreamFailure) -> Never {
        let name = self.configuration.commandName ?? "\(self)"
        // A failure of standard error cannot be reported anywhere.
        if !failure.isReaderGone { try? StandardStream.error.print("\(name): \(failure)") }
        Glibc.exit(EXIT_FAILURE)
    }
}
