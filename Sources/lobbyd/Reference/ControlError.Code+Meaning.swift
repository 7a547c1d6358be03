import Control

extension ControlError.Code {
    /// The cause, for authors of control clients: a sentence or two in Markdown.
    var meaning: String {
        switch self {
        case .malformed: "The line is not a JSON object with a command, or the stream ended before the line did."
        case .tooLong:
            "The request is longer than \(ControlProtocol.requestBytesMax / 1024) KiB. lobbyd closes the connection."
        case .unsupportedVersion: "lobbyd does not speak this version of the protocol."
        case .unknownCommand: "lobbyd does not know the command. The message lists the commands."
        case .badArgument: "An argument is missing, unknown or invalid. The message gives the expected values."
        case .notFound:
            "No open connection has this number, or no listener and no connection has this listener's name."
        case .rejected:
            """
            The reload failed, and the old configuration stays in force. `details` has one line for each error of the \
            new one. If lobbyd failed after it had begun to apply the new one, the line says that part of it may be in \
            force.
            """
        case .unavailable: "lobbyd cannot carry out the command now, for example a reload during the shutdown."
        case .busy:
            "\(ControlServer.connectionsMax) control connections are open. lobbyd closes this one."
        case .timedOut:
            """
            No request arrived for \(ControlConversation.idleTimeout.text), or a request took longer than \
            \(ControlConversation.lineTimeout.text) from its first byte to its end. lobbyd closes the connection.
            """
        }
    }
}
