"""The log in JSON: one object per line, the documented events with their keys, and the configured level."""

import datetime

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.raw_client import free_port

LEVELS = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
CLOSED_KEYS = {
    "connection_id", "peer_address", "peer_port", "listener", "close_reason",
    "bytes_in", "bytes_out", "datagrams_in", "datagrams_out", "duration_usec",
}  # fmt: skip


def test_every_line_is_an_object_with_the_four_keys(launch, panda):
    daemon = launch(configuration(routes=[barrier_route()]), arguments=("--log-level", "trace"))
    daemon.wait_for("ready")
    for client in panda().connect_many(daemon.port(), 2):
        client.close()
    daemon.wait_for("connection.closed", count=2)
    assert daemon.terminate() == 0

    assert daemon.stray_lines == []
    for event in daemon.events:
        assert {"timestamp", "level", "logger", "message"} <= set(event.fields), event.fields
        assert event["level"] in LEVELS
        stamp = datetime.datetime.fromisoformat(event["timestamp"])
        assert stamp.tzinfo is not None, "a time needs its zone"
        assert abs(stamp.timestamp() - datetime.datetime.now().timestamp()) < 300


def test_the_events_carry_their_keys(launch, panda):
    daemon = launch(configuration(listeners=[listener(name="lobby", backlog=17)], routes=[barrier_route()]))
    daemon.wait_for("ready")
    client = panda().connect_many(daemon.port("lobby"), 1)[0]
    client.close()
    closed = daemon.wait_for("connection.closed")
    opened = daemon.wait_for("connection.opened")

    bound = daemon.wait_for("listener.bound", listener="lobby", address="127.0.0.1", backlog=17, header_size=2)
    assert bound.number("port") > 0
    for key in ("connection_id", "peer_address", "peer_port", "listener"):
        assert opened[key] == closed[key]
    assert CLOSED_KEYS <= set(closed.fields)
    assert closed["listener"] == "lobby"
    assert closed["peer_address"] == "127.0.0.1"


def test_connection_ids_are_never_used_again(start, panda):
    daemon = start(routes=[barrier_route()])
    program = panda()
    for number in range(20):
        program.connect_many(daemon.port(), 1)[0].close()
        daemon.wait_for("connection.closed", count=number + 1)
    ids = [str(event["connection_id"]) for event in daemon.logged("connection.opened")]
    assert len(ids) == len(set(ids)) == 20


@pytest.mark.parametrize("arguments, config", [((), {}), (("--log-level", "notice"), {"log": {"level": "trace"}})])
def test_connections_come_and_go_in_silence_unless_asked(launch, panda, arguments, config):
    """At the default level, connections are not logged. --log-level takes precedence over the file."""
    port = free_port()  # at these levels the log may not contain the port
    listeners = [listener(port=port)]
    daemon = launch(configuration(listeners, [barrier_route()], **config), arguments=arguments)
    daemon.wait_for("ready")
    for client in panda().connect_many(port, 5):
        client.close()
    assert daemon.terminate() == 0
    assert daemon.logged("shutdown.finished")
    assert not daemon.logged("connection.opened") and not daemon.logged("connection.closed")
