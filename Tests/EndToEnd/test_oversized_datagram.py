"""A frame over limits.datagram_bytes: its header alone closes its connection, and no other. One line is logged."""

import pytest

from harness.configuration import barrier_route, listener
from harness.raw_client import frame
from harness.waiting import wait_until

LIMIT = 1_000
LOUD = ("notice", "warning", "error", "critical")


@pytest.mark.parametrize(
    "header_size, header",
    [(2, b"\xe9\x03"), (2, b"\xff\xff"), (4, b"\xe9\x03\x00\x00"), (4, b"\xff\xff\xff\xff"), (4, b"\x00\x00\x00\x80")],
)
def test_the_header_alone_closes_the_connection(start, panda, raw, header_size, header):
    daemon = start(
        listeners=[listener(header_size=header_size)], limits={"datagram_bytes": LIMIT}, routes=[barrier_route()]
    )
    watcher = panda(header_size).connect_many(daemon.port(), 1)[0]
    offender = raw(daemon.port(), header_size=header_size)
    port = offender.port

    before = [b"\x01first", b"\x01second", b"\xffechoed"]
    offender.send_bytes(b"".join(frame(payload, header_size) for payload in before) + header)

    offender.wait_for_end()
    assert offender.frames == before, "earlier frames of the same write must be served"
    assert watcher.take(2) == before[:2]
    assert watcher.barrier() == []
    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert closed["close_reason"] == "oversizedDatagram"
    assert closed["level"] in LOUD
    assert not watcher.ended


def test_a_payload_of_exactly_the_limit_passes(start, panda):
    daemon = start(relay={"default": "echo"}, limits={"datagram_bytes": LIMIT})
    client = panda().connect(daemon.port())
    client.send(bytes(LIMIT))
    assert client.take(1) == [bytes(LIMIT)]


def test_a_panda3d_client_over_the_limit_sees_a_reset(start, panda):
    daemon = start(limits={"datagram_bytes": LIMIT}, routes=[barrier_route()])
    program = panda()
    offender, other = program.connect_many(daemon.port(), 2)

    offender.send(bytes(LIMIT + 1))

    wait_until("the offender's reset", lambda: offender.ended, program)
    other.send(b"unharmed")
    assert other.take(1) == [b"unharmed"]
    assert offender.received == []


def test_it_is_logged_once(start, raw):
    """The number of later frames of the offender makes no difference."""
    daemon = start(limits={"datagram_bytes": LIMIT}, relay={"default": "drop"})
    offender = raw(daemon.port())
    port = offender.port
    offender.send_bytes(frame(bytes(LIMIT + 1)) * 20)
    offender.wait_for_end()
    daemon.wait_for("connection.closed", peer_port=port)

    assert daemon.terminate() == 0
    about_it = [event for event in daemon.events if event["level"] in LOUD and "oversizedDatagram" in str(event.fields)]
    assert len(about_it) == 1
    assert len(daemon.logged("connection.closed", peer_port=port)) == 1
