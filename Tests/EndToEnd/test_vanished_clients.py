"""A client whose cable was pulled is detected, idle or with data in flight, and its slot becomes free."""

import os
import time

import pytest

from harness.cable import NEAR, cable
from harness.configuration import configuration, listener
from harness.waiting import SLOWNESS

KEEP_ALIVE = 2
# The time limit in seconds until lobbyd closes the connection.
GONE = (2 * KEEP_ALIVE + 3) * SLOWNESS
EVERYWHERE = [listener(address="0.0.0.0")]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can make networks")


@pytest.fixture
def wire():
    try:
        with cable() as made:
            yield made
    except PermissionError as error:
        pytest.skip(f"NOT TESTED: no networks can be made here: {error}")


def far_clients(wire, raw, daemon, count):
    with wire.far():
        clients = [raw(daemon.port(), host=NEAR) for _ in range(count)]
    for client in clients:
        client.send(b"here")
    daemon.wait_for("connection.opened", count=count)
    return clients


def assert_gone(daemon, client_port, pulled_at):
    closed = daemon.wait_for("connection.closed", peer_port=client_port)
    assert (closed["close_reason"], closed["level"]) == ("peerVanished", "debug")
    assert closed.read_at - pulled_at <= GONE


@pytest.mark.parametrize("is_neighbour_known", [False, True])
@pytest.mark.parametrize("is_silent", [True, False])
def test_one_that_vanishes_is_gone_in_time(wire, start, raw, is_neighbour_known, is_silent):
    limits = {"keep_alive": f"{KEEP_ALIVE}s", "connections": 2}
    daemon = start(listeners=EVERYWHERE, limits=limits, relay={"include_sender": False})
    (vanishing,) = far_clients(wire, raw, daemon, 1)
    port = vanishing.port
    other = raw(daemon.port())
    daemon.wait_for("connection.opened", count=2)
    wire.pull(is_neighbour_known)
    pulled_at = time.monotonic()
    if not is_silent:
        other.send(b"on its way")
    assert_gone(daemon, port, pulled_at)
    # Its slot is free.
    raw(daemon.port())
    daemon.wait_for("connection.opened", count=3)
    assert not other.end
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("ended_peer_vanished") == 1


def test_where_data_may_wait_for_ever_only_a_silent_one_is_gone(wire, start, raw):
    limits = {"keep_alive": f"{KEEP_ALIVE}s", "pending_age": "0s", "pending_bytes": 0}
    daemon = start(
        listeners=EVERYWHERE,
        limits=limits,
        relay={"default": "drop"},
        routes=[{"types": [1], "handler": "echo"}],
    )
    silent, waiting = far_clients(wire, raw, daemon, 2)
    ports = [silent.port, waiting.port]
    waiting.send(b"\x01" + bytes(60_000))
    waiting.wait_for(1)
    # More than a window, which the client does not read, is in flight when the cable is pulled.
    waiting.send_bytes((b"\x61\xea\x01" + bytes(60_000)) * 20)
    while not daemon_has_unacknowledged(wire, ports[1]):
        time.sleep(0.01)
    wire.pull(is_neighbour_known=True)
    assert_gone(daemon, ports[0], time.monotonic())
    assert not daemon.logged("connection.closed", peer_port=ports[1])


def daemon_has_unacknowledged(wire, client_port):
    """Whether the kernel's send queue for a client has data, over IPv4."""
    with open("/proc/thread-self/net/tcp") as table:
        for line in list(table)[1:]:
            fields = line.split()
            if int(fields[2].split(":")[1], 16) == client_port and int(fields[4].split(":")[0], 16) > 0:
                return True
    return False


def test_a_reload_applies_to_clients_that_are_there(wire, start, raw):
    tables = {"listeners": EVERYWHERE, "relay": {"default": "drop"}}
    daemon = start(**tables, limits={"keep_alive": "0s"})
    (vanishing,) = far_clients(wire, raw, daemon, 1)
    port = vanishing.port
    (answer,) = daemon.reload(configuration(**tables, limits={"keep_alive": f"{KEEP_ALIVE}s"}))
    assert answer.message == "reload.applied"
    wire.pull()
    assert_gone(daemon, port, time.monotonic())
