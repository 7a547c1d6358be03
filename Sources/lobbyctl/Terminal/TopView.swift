import Control
import Glibc
import Program

/// The output of `top`: the terminal's screen, with keys, or pages of text, or JSON.
final class TopView {
    /// The time after which the screen says that an answer is late.
    static let patience = Duration.seconds(2)

    enum Form {
        /// The whole terminal.
        case screen
        /// One page after another, without a terminal or on a terminal without escape sequences.
        case text
        case json
    }

    private let form: Form
    /// nil until `begin` takes over the terminal.
    private var screen: LiveScreen?
    private var page: TopPage?
    /// The time of the request that has no answer yet.
    private var askedAt: ContinuousClock.Instant?
    /// The reason why the screen could not be drawn during a wait.
    private var failure: StreamFailure?

    init(json: Bool) {
        self.form = json ? .json : Terminal.takesEscapes(.output) ? .screen : .text
    }

    /// Takes over the terminal if the form is `screen`.
    func begin() throws(StreamFailure) {
        if self.form == .screen { self.screen = try LiveScreen() }
    }

    func end() {
        self.screen?.end()
        self.screen = nil
    }

    func show(_ page: TopPage) throws(StreamFailure) {
        self.page = page
        switch self.form {
        case .screen: try self.draw()
        case .text:
            let lines = page.lines(size: Terminal.size, isStyled: false)
            try StandardStream.output.print(lines.map { $0 + "\n" }.joined())
        case .json: try StandardStream.output.print(page.json.description)
        }
    }

    /// Runs `body`, which asks lobbyd. The screen says when the answer is late.
    func asking<Result>(_ body: () throws -> Result) throws -> Result {
        self.askedAt = .now
        defer { self.askedAt = nil }
        do {
            return try body()
        } catch is ControlClient.Interrupted {
            throw self.failure ?? ControlClient.Interrupted()
        }
    }

    /// Waits until `deadline`.
    ///
    /// - Throws: `ControlClient.Interrupted` when the user quits.
    func rest(until deadline: ContinuousClock.Instant) throws {
        guard let screen else {
            let milliseconds = max(0, (deadline - .now) / .milliseconds(1) + 1)
            poll(nil, 0, CInt(milliseconds))
            return
        }
        while true {
            switch try screen.wait(until: deadline) {
            case .quit: throw ControlClient.Interrupted()
            case .redraw: try self.draw()
            case .timeout, .ready: return
            }
        }
    }

    /// Waits for lobbyd's answer and watches the keys: a `SocketStream.Wait`.
    func wait(for socket: pollfd, until deadline: ContinuousClock.Instant) throws(SocketStream.Failure) {
        guard let screen else { return try SocketStream.pollAlone(socket, until: deadline) }
        do {
            while true {
                switch try screen.wait(for: socket, until: min(deadline, self.nextNotice)) {
                case .ready: return
                case .quit: throw SocketStream.Failure.interrupted
                case .timeout where ContinuousClock.now >= deadline: throw SocketStream.Failure.timedOut
                case .timeout, .redraw: try self.draw()
                }
            }
        } catch let failure as SocketStream.Failure {
            throw failure
        } catch {
            self.failure = error as? StreamFailure
            throw .interrupted
        }
    }

    private func draw() throws(StreamFailure) {
        let (size, isStyled) = (Terminal.size, Terminal.takesStyles)
        let lines = self.page?.lines(size: size, isStyled: isStyled, notice: self.notice) ?? [self.notice ?? ""]
        try self.screen?.show(lines)
    }

    /// The text about a late answer; nil while the answer is not late.
    private var notice: String? {
        guard let askedAt, case let waited = ContinuousClock.now - askedAt, waited >= Self.patience else { return nil }
        return "lobbyd has not answered for \(Duration.seconds(waited.components.seconds).text); q quits"
    }

    /// The time at which the notice appears, or shows another second.
    private var nextNotice: ContinuousClock.Instant {
        guard let askedAt else { return .now + Self.patience }
        let waited = (ContinuousClock.now - askedAt).components.seconds
        return askedAt + max(Self.patience, .seconds(waited + 1))
    }
}
