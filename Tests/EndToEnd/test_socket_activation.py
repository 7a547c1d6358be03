"""Sockets from a service manager: lobbyd uses them for the listeners of their names, and refuses unsuitable ones."""

import socket
import subprocess
from contextlib import closing

import pytest

from harness.configuration import configuration, listener
from harness.daemon import EXIT_CONFIGURATION
from harness.raw_client import RawClient, free_port

ECHO = {"relay": {"default": "echo"}}


def tcp_socket(address: str = "127.0.0.1") -> socket.socket:
    return socket.create_server((address, 0), backlog=1000)


def udp_socket() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    return opened


def reusing_socket(port: int = 0) -> socket.socket:
    """Makes a socket like a socket unit with ReusePort=yes."""
    return socket.create_server(("127.0.0.1", port), reuse_port=True)


def port_of(opened: socket.socket) -> int:
    return opened.getsockname()[1]


def backlog_of(port: int) -> int:
    """Returns the kernel's backlog of a listening socket, which ss shows as Send-Q."""
    command = ["ss", "-H", "-lnt", f"sport = :{port}"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[2])


def test_sockets_replace_the_listeners_own_by_name(launch, raw, raw_udp):
    """The sockets have a different order than the listeners, and one listener opens its own socket."""
    listeners = [
        listener(name="game", port=1, backlog=321),
        listener(name="own", backlog=17),
        listener(name="game-udp", transport="udp", port=1),
    ]
    with closing(tcp_socket()) as tcp, closing(udp_socket()) as udp:
        waiting = raw(port_of(tcp))
        waiting.send(b"first")
        daemon = launch(configuration(listeners, **ECHO), sockets=(("game-udp", udp), ("game", tcp)))
        daemon.wait_for("ready")

        assert waiting.wait_for(1) == [b"first"]
        daemon.wait_for("listener.bound", listener="game", port=port_of(tcp), inherited="true")
        daemon.wait_for("listener.bound", listener="game-udp", port=port_of(udp), inherited="true")
        assert "inherited" not in daemon.wait_for("listener.bound", listener="own").fields
        client = raw_udp(port_of(udp))
        client.send(b"over UDP")
        client.wait_for(b"over UDP")

        assert backlog_of(port_of(tcp)) == 321, "must be the listener's backlog, not the 1000 of the socket"
        assert backlog_of(daemon.port("own")) == 17


def test_clients_wait_through_a_restart(launch, raw):
    with closing(tcp_socket()) as tcp:
        listeners = [listener(port=1)]
        first = launch(configuration(listeners, **ECHO), sockets=(("game", tcp),))
        first.wait_for("ready")
        assert first.terminate() == 0

        waiting = raw(port_of(tcp))
        waiting.send(b"still there")
        launch(configuration(listeners, **ECHO), sockets=(("game", tcp),)).wait_for("ready")
        assert waiting.wait_for(1) == [b"still there"]


@pytest.mark.parametrize(
    "name, make, reason",
    [
        ("lobby", tcp_socket, 'no listener has this name; the listeners are "game"'),
        ("game", udp_socket, "the listener needs a listening TCP socket (ListenStream=)"),
        ("game", socket.socket, "the listener needs a listening TCP socket (ListenStream=)"),
    ],
    ids=["unknown name", "another kind", "not listening"],
)
def test_a_socket_that_fits_no_listener_ends_the_start(launch, notify_socket, name, make, reason):
    with closing(make()) as opened:
        daemon = launch(configuration(), sockets=((name, opened),), NOTIFY_SOCKET=notify_socket.path)
        assert daemon.wait_for_exit() == EXIT_CONFIGURATION
    refused = daemon.wait_for("socket.refused", socket=name, level="critical")
    assert refused["reason"] == reason
    assert not daemon.logged("listener.bound")
    assert reason in notify_socket.wait_for("ERRNO", "22")["STATUS"]


def test_two_sockets_of_one_name_end_the_start(launch):
    with closing(tcp_socket()) as one, closing(tcp_socket("127.0.0.2")) as two:
        daemon = launch(configuration(), sockets=(("game", one), ("game", two)))
        assert daemon.wait_for_exit() == EXIT_CONFIGURATION
    assert daemon.logged("socket.refused", reason="two sockets have this name, but a listener takes one")


@pytest.mark.parametrize(
    "environment, reason",
    [
        ({"LISTEN_FDS": "many"}, 'LISTEN_FDS is "many", not a number of sockets'),
        ({"LISTEN_FDS": "0"}, 'LISTEN_FDS is "0", not a number of sockets'),
        ({"LISTEN_FDS": "-1"}, 'LISTEN_FDS is "-1", not a number of sockets'),
        ({"LISTEN_FDS": "99999999999"}, 'LISTEN_FDS is "99999999999", not a number of sockets'),
        ({"LISTEN_FDS": ""}, 'LISTEN_FDS is "", not a number of sockets'),
        ({"LISTEN_FDS": "2", "LISTEN_FDNAMES": "game:own"}, "LISTEN_FDS is 2, but descriptor 4 is not open"),
        ({"LISTEN_FDNAMES": "game:own"}, "LISTEN_FDS is 1, but LISTEN_FDNAMES has 2 names"),
        ({"LISTEN_FDS": "2", "LISTEN_FDNAMES": "game"}, "LISTEN_FDS is 2, but LISTEN_FDNAMES has 1 name"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_an_environment_that_contradicts_itself_ends_the_start(launch, notify_socket, environment, reason):
    """If lobbyd ignored the error, it would open its own ports, and clients would wait at the socket unit's port."""
    with closing(tcp_socket()) as tcp:
        daemon = launch(configuration(), sockets=(("game", tcp),), NOTIFY_SOCKET=notify_socket.path, **environment)
        assert daemon.wait_for_exit() == EXIT_CONFIGURATION
    assert daemon.wait_for("socket.refused", level="critical")["reason"] == reason
    assert not daemon.logged("listener.bound")
    assert reason in notify_socket.wait_for("ERRNO", "22")["STATUS"]


def test_sockets_of_another_process_are_left_alone(launch):
    daemon = launch(configuration(), LISTEN_PID="1", LISTEN_FDS="many")
    daemon.wait_for("ready")
    assert "inherited" not in daemon.wait_for("listener.bound").fields


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_one_socket_for_two_listeners_ends_the_start(launch, transport):
    """Otherwise each listener would serve some of the clients, at random."""
    listeners = [listener(transport=transport), listener(name="own", transport=transport)]
    with closing(tcp_socket() if transport == "tcp" else udp_socket()) as one:
        daemon = launch(configuration(listeners), sockets=(("game", one), ("own", one)))
        assert daemon.wait_for_exit() == EXIT_CONFIGURATION
    reason = 'socket "game" has the same address and port, but a port takes one listener'
    assert daemon.wait_for("socket.refused", socket="own", level="critical")["reason"] == reason


def test_two_sockets_of_one_port_for_two_listeners_end_the_start(launch):
    listeners = [listener(), listener(name="own")]
    with closing(reusing_socket()) as one, closing(reusing_socket(port_of(one))) as other:
        daemon = launch(configuration(listeners), sockets=(("game", one), ("own", other)))
        assert daemon.wait_for_exit() == EXIT_CONFIGURATION
    assert daemon.logged("socket.refused", socket="own")


def test_a_reload_knows_an_inherited_socket_by_its_listeners_name(launch, raw):
    """The configured port has no effect: the reload reports this, and lobbyd does not listen there."""
    elsewhere = free_port()
    with closing(tcp_socket()) as tcp:
        daemon = launch(configuration([listener(port=1)], **ECHO), sockets=(("game", tcp),))
        daemon.wait_for("ready")
        old = raw(port_of(tcp))
        daemon.wait_for("connection.opened")

        (event,) = daemon.reload(configuration([listener(port=elsewhere, backlog=7)], **ECHO))

        assert event["changed.listener.game.port"] == f"{elsewhere}, was 1; no effect while systemd opens it"
        assert event["changed.listener.game.backlog"] == "7, was 1000"
        with pytest.raises(ConnectionRefusedError):
            RawClient(elsewhere)
        for client in (old, raw(port_of(tcp))):
            client.send(b"served")
            assert client.wait_for(1) == [b"served"]
        assert len(daemon.logged("listener.bound")) == 1
        assert not daemon.logged("connection.closed")


def test_an_inherited_socket_stays_with_its_name_when_others_move(launch, raw):
    """A listener that gets the configured port of another listener does not get its inherited socket."""
    before, after = free_port(), free_port()
    with closing(tcp_socket()) as tcp:
        listeners = [listener(port=1), listener(name="own", port=before)]
        daemon = launch(configuration(listeners, **ECHO), sockets=(("game", tcp),))
        daemon.wait_for("ready")

        (event,) = daemon.reload(
            configuration([listener(port=before), listener(name="own", port=after)], **ECHO)
        )

        assert event.message == "reload.applied", event.fields
        assert "inherited" not in daemon.wait_for("listener.bound", listener="own", port=after).fields
        with pytest.raises(ConnectionRefusedError):
            RawClient(before)
        for port, name in ((port_of(tcp), "game"), (after, "own")):
            client = raw(port)
            client.send(b"served")
            assert client.wait_for(1) == [b"served"]
            daemon.wait_for("connection.opened", listener=name)


@pytest.mark.parametrize(
    "other, reason",
    [
        (listener(name="lobby", port=1), 'no listener has this name; the listeners are "lobby"'),
        (listener(transport="udp", port=1), "the listener needs a UDP socket (ListenDatagram=)"),
    ],
    ids=["renamed", "other transport"],
)
def test_a_reload_that_an_inherited_socket_does_not_fit_is_rejected(launch, raw, other, reason):
    """With such a file, the next start would fail."""
    with closing(tcp_socket()) as tcp:
        daemon = launch(configuration([listener(port=1)], **ECHO), sockets=(("game", tcp),))
        daemon.wait_for("ready")
        (event,) = daemon.reload(configuration([other], **ECHO))
        assert (event.message, event.fields.get("reason")) == ("reload.rejected", f'socket "game": {reason}')
        client = raw(port_of(tcp))
        client.send(b"old rules")
        assert client.wait_for(1) == [b"old rules"]
