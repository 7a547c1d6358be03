"""Clients half-close, close, or reset. Their datagrams are routed, and other clients are not disturbed."""

import pytest

from harness.configuration import barrier_route
from harness.raw_client import frame
from harness.waiting import wait_until

DATAGRAMS = [bytes([1, number]) + bytes(500) for number in range(200)]


@pytest.mark.parametrize("leave", ["half_close", "close"])
def test_what_a_client_sent_before_it_left_is_routed(start, panda, raw, leave):
    daemon = start(relay={"include_sender": False}, routes=[barrier_route()])
    watcher = panda().connect_many(daemon.port(), 1)[0]
    sender = raw(daemon.port())
    port = sender.port

    sender.send_bytes(b"".join(map(frame, DATAGRAMS)))
    getattr(sender, leave)()

    assert watcher.take(len(DATAGRAMS)) == DATAGRAMS
    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert closed["close_reason"] == "peerClosed"
    assert closed.number("datagrams_in") == len(DATAGRAMS)


def test_a_half_closed_connection_is_closed_by_the_daemon_too(start, raw):
    daemon = start(relay={"default": "drop"})
    sender = raw(daemon.port())
    sender.send(b"last words")
    sender.half_close()
    assert sender.wait_for_end() == "closed"
    assert sender.frames == []


def test_clients_that_reset_harm_nobody(start, panda, raw):
    """Thirty clients reset amid broadcasts to them, with unfinished frames of their own. Every slot becomes free."""
    daemon = start(limits={"connections": 32}, routes=[barrier_route()])
    program = panda()
    sender, watcher = program.connect_many(daemon.port(), 2)
    leavers = [raw(daemon.port()) for _ in range(30)]
    for leaver in leavers:
        leaver.send(b"\xffhello")
        leaver.wait_for(1)

    for number, leaver in enumerate(leavers):
        sender.send(bytes([1, number]))
        leaver.send_bytes(b"\xf0\x00unfinished")
        leaver.abort()

    sent = [bytes([1, number]) for number in range(len(leavers))]
    assert watcher.take(len(sent)) == sent
    daemon.wait_for("connection.closed", count=len(leavers))
    assert {event["close_reason"] for event in daemon.logged("connection.closed")} <= {"peerReset", "peerClosed"}

    newcomers = program.connect_many(daemon.port(), 30)
    sender.send(b"\x01to all")
    wait_until("the newcomers' delivery", lambda: all(c.received == [b"\x01to all"] for c in newcomers), program)


def test_a_client_that_panda3d_closes_is_a_clean_close(start, panda):
    daemon = start(routes=[barrier_route()])
    leaver, other = panda().connect_many(daemon.port(), 2)
    leaver.close()
    assert daemon.wait_for("connection.closed")["close_reason"] == "peerClosed"
    other.send(b"alone")
    assert other.take(1) == [b"alone"]
