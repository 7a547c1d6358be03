"""SIGTERM or SIGINT: every client sees the end, the counters are logged, and the exit status is 0."""

import signal

import pytest

from harness.configuration import barrier_route, listener
from harness.panda_client import all_ended
from harness.waiting import wait_until

CLIENTS = 100
STOP_SIGNALS = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_every_client_sees_a_reset(start, panda, number):
    daemon = start(server={"drain": "5s"}, routes=[barrier_route()])
    program = panda()
    clients = program.connect_many(daemon.port(), CLIENTS)

    sent_at = daemon.send_signal(number)

    wait_until("every reset", lambda: all_ended(clients), program)
    assert daemon.wait_for_exit() == 0
    assert [client.resets for client in clients] == [1] * CLIENTS
    assert len(daemon.logged("connection.closed", close_reason="shutdown")) == CLIENTS
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("connections") == CLIENTS
    assert finished.number("datagrams_in") == finished.number("datagrams_out") == CLIENTS
    assert daemon.wait_for("shutdown.started").read_at <= finished.read_at
    assert finished.read_at - sent_at < 4, "without queued data the drain must end at once"


def test_the_bytes_of_each_connection_are_counted(start, panda):
    """The counters include the headers, on listeners of both header sizes."""
    daemon = start(
        listeners=[listener(name="two", header_size=2), listener(name="four", header_size=4)],
        relay={"default": "echo"},
        routes=[{"types": [9], "handler": "drop"}],
    )
    for name, header_size in (("two", 2), ("four", 4)):
        client = panda(header_size).connect(daemon.port(name))
        client.send(b"\x09" * 50)
        client.send(b"\x01" * 100)
        client.send(b"")
        client.wait_for(2)
    assert daemon.terminate() == 0

    for name, header_size in (("two", 2), ("four", 4)):
        closed = daemon.wait_for("connection.closed", listener=name)
        assert closed.number("datagrams_in") == 3
        assert closed.number("datagrams_out") == 2
        assert closed.number("bytes_in") == 150 + 3 * header_size
        assert closed.number("bytes_out") == 100 + 2 * header_size
        assert closed.number("duration_usec") > 0
    finished = daemon.wait_for("shutdown.finished")
    assert (finished.number("datagrams_in"), finished.number("datagrams_out")) == (6, 4)


def test_a_daemon_without_connections_stops_at_once(start):
    daemon = start(server={"drain": "30s"})
    sent_at = daemon.send_signal(signal.SIGTERM)
    assert daemon.wait_for_exit() == 0
    assert daemon.wait_for("shutdown.finished").read_at - sent_at < 2
