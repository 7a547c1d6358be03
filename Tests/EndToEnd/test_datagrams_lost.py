"""Lost datagrams that close no connection: the log has a line when the loss begins, and counts all of them."""

import pytest

from harness.configuration import barrier_route, listener
from harness.raw_udp_client import udp_datagram

UDP = listener(name="udp", transport="udp")
TWO = listener(name="two")
# More bytes than the kernel's buffers hold for a client that does not read.
DATAGRAMS, PADDING = 1_500, 5_000


def lost(daemon, reason: str) -> int:
    return sum(event.number("datagrams") for event in daemon.logged("datagrams.lost", reason=reason))


@pytest.mark.parametrize(
    "limit, value, size",
    [("datagrams_per_second", 5, 1), ("bytes_per_second", 1_000, 198), ("broadcast_bytes_per_second", 1_000, 198)],
)
def test_a_rate_over_udp(start, raw_udp, limit, value, size):
    daemon = start(listeners=[UDP], limits={limit: value, "datagram_bytes": 500, "udp_proof": "none"})
    client = raw_udp(daemon.port("udp"))
    for number in range(40):
        # Each datagram differs: equal ones would look like an echo loop.
        client.send(bytes([number]) + bytes(size - 1))
    line = daemon.wait_for("datagrams.lost", reason=limit)
    assert line["level"] == "notice" and line.number("datagrams") > 0
    assert len(daemon.logged("datagrams.lost")) == 1
    assert not daemon.logged("connection.closed")
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert lost(daemon, limit) <= finished.number(f"exceeded_{limit}") <= 40 - 5


def test_a_slow_consumer_that_is_not_closed(start, raw):
    daemon = start(limits={"slow_consumer": "drop", "pending_datagrams": 50}, routes=[barrier_route()])
    stuck, sender = raw(daemon.port(), receive_buffer_bytes=4_096), raw(daemon.port())
    daemon.wait_for("connection.opened", count=2)
    for number in range(DATAGRAMS):
        sender.send(b"\x01" + bytes(PADDING))
        sender.wait_for(number + 1)
    line = daemon.wait_for("datagrams.lost", reason="pending_datagrams")
    assert 0 < line.number("datagrams") < DATAGRAMS
    assert stuck.end is None
    assert not daemon.logged("connection.closed")


def test_a_slow_consumer_that_is_closed_has_its_own_line_only(start, raw):
    daemon = start(limits={"pending_datagrams": 50}, routes=[barrier_route()])
    raw(daemon.port(), receive_buffer_bytes=4_096)
    sender = raw(daemon.port())
    daemon.wait_for("connection.opened", count=2)
    number = 0
    while not daemon.logged("connection.closed"):
        number += 1
        sender.send(b"\x01" + bytes(PADDING))
        sender.wait_for(number)
        assert number < DATAGRAMS
    assert daemon.wait_for("connection.closed")["limit"] == "pending_datagrams"
    assert daemon.terminate() == 0
    assert not daemon.logged("datagrams.lost")


def test_what_is_no_datagram(start, raw_udp):
    """The first loss of each kind logs one line. Later losses are counted without a line of their own."""
    daemon = start(listeners=[UDP], relay={"default": "echo"})
    client = raw_udp(daemon.port("udp"))
    client.send(b"before")
    client.wait_for(b"before")
    for _ in range(7):
        for junk in (b"x", b"\0\0\1", udp_datagram(bytes(1_501))):
            client.send_bytes(junk)
    client.send(b"after")
    client.wait_for(b"after")
    for reason in ("udp_runts", "udp_checksum_failures", "udp_oversized"):
        daemon.wait_for("datagrams.lost", reason=reason)
    # Datagrams that arrived after the first line are reported after ten seconds.
    assert all(1 <= lost(daemon, reason) <= 7 for reason in ("udp_runts", "udp_checksum_failures", "udp_oversized"))
    assert len(daemon.logged("datagrams.lost")) == 3


def test_an_idle_end_over_udp_names_its_limit(start, raw_udp):
    daemon = start(listeners=[UDP], relay={"default": "echo"}, limits={"idle_timeout": "500ms"})
    client = raw_udp(daemon.port("udp"))
    client.send(b"hello")
    client.wait_for(b"hello")
    closed = daemon.wait_for("connection.closed")
    assert (closed["close_reason"], closed["limit"]) == ("idleTimeout", "idle_timeout")
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("exceeded_idle_timeout") == 1
    assert not daemon.logged("datagrams.lost")
