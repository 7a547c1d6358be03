import Engine
import Systemd
import Testing

@testable import lobbyd

@Suite("SocketMatching")
struct SocketMatchingTests {
    private let listeners = [
        ListenerSettings(name: "game"), ListenerSettings(name: "game-udp", transport: .udp),
        ListenerSettings(name: "own", port: 9100),
    ]

    private func match(
        _ names: String...,
        kinds: [InheritedSocket.Kind] = [.stream, .datagram],
        addresses: [UInt8] = [0, 1]
    ) -> Result<[String: CInt], SocketMatching.Refusal> {
        let sockets = names.enumerated().map { InheritedSocket(name: $1, descriptor: CInt($0)) }
        return Result { () throws(SocketMatching.Refusal) in
            try SocketMatching.match(
                sockets,
                to: self.listeners,
                kind: { kinds[Int($0.descriptor)] },
                address: { [addresses[Int($0.descriptor)]] }
            )
        }
    }

    @Test("each socket goes to the listener with its name, in any order")
    func byName() {
        #expect(self.match("game", "game-udp") == .success(["game": 0, "game-udp": 1]))
        #expect(self.match("game-udp", "game", kinds: [.datagram, .stream]) == .success(["game-udp": 0, "game": 1]))
    }

    @Test("without sockets, each listener opens its own")
    func none() {
        #expect(self.match() == .success([:]))
    }

    @Test("a socket without a listener of its name is an error that lists the listeners")
    func unknown() {
        let reason = #"no listener has this name; the listeners are "game", "game-udp", "own""#
        #expect(
            self.match("game", "lobbyd.socket") == .failure(.init(socket: "lobbyd.socket", reason: reason))
        )
    }

    @Test(
        "a socket of the wrong kind for its listener is an error",
        arguments: [InheritedSocket.Kind.datagram, .unusable]
    )
    func wrongKind(kind: InheritedSocket.Kind) {
        let reason = "the listener needs a listening TCP socket (ListenStream=)"
        #expect(self.match("game", kinds: [kind]) == .failure(.init(socket: "game", reason: reason)))
    }

    @Test("two sockets with the same address and transport are an error")
    func oneAddress() {
        let reason = #"socket "game" has the same address and port, but a port takes one listener"#
        #expect(
            self.match("game", "own", kinds: [.stream, .stream], addresses: [5, 5])
                == .failure(.init(socket: "own", reason: reason))
        )
        #expect(self.match("game", "game-udp", addresses: [5, 5]) == .success(["game": 0, "game-udp": 1]))
    }

    @Test("two sockets with the same name are an error")
    func twice() {
        let reason = "two sockets have this name, but a listener takes one"
        #expect(
            self.match("game", "game", kinds: [.stream, .stream]) == .failure(.init(socket: "game", reason: reason))
        )
    }
}
