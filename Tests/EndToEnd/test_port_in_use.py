"""A port in use: exit status 71, and one line that names the listener, the address and the port."""

import socket

from harness.configuration import configuration, listener
from harness.daemon import EXIT_OS


def occupied() -> socket.socket:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


def everything_said(daemon) -> list[str]:
    return [str(event.fields) for event in daemon.events] + daemon.stray_lines


def test_one_line_names_listener_address_and_port(launch):
    with occupied() as taken:
        port = taken.getsockname()[1]
        daemon = launch(configuration(listeners=[listener(name="lobby", port=port)]), arguments=())
        assert daemon.wait_for_exit() == EXIT_OS

    about_it = [line for line in everything_said(daemon) if str(port) in line]
    assert len(about_it) == 1, about_it
    assert "lobby" in about_it[0] and "127.0.0.1" in about_it[0]
    assert not daemon.logged("ready")
    failures = [e for e in daemon.events if e["level"] in ("error", "critical")] + daemon.stray_lines
    assert len(failures) <= 1, "one line, not a stack trace"


def test_a_second_listener_that_cannot_bind_stops_the_first(launch):
    with occupied() as taken:
        port = taken.getsockname()[1]
        listeners = [listener(name="good"), listener(name="bad", port=port)]
        daemon = launch(configuration(listeners=listeners), arguments=())
        assert daemon.wait_for_exit() == EXIT_OS

    assert not daemon.logged("ready")
    about_it = [line for line in everything_said(daemon) if str(port) in line]
    assert len(about_it) == 1 and "bad" in about_it[0], about_it
