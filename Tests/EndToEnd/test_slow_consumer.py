"""A client that does not read is closed when its pending data reaches a limit. The others get all their datagrams."""

import time

import pytest

from harness.configuration import barrier_route
from harness.control import ask
from harness.daemon import LogEvent
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import SLOWNESS, wait_until

PADDING = 16_000
PENDING_BYTES = 1_048_576
IN_FLIGHT = 16  # times PADDING: well under PENDING_BYTES for clients that read
# More than the kernel's buffers (4 MiB and the stuck client's own) and the pending bytes together.
DATAGRAMS_MAX = 2_000


def test_it_is_closed_and_nobody_waits_for_it(start, panda, raw):
    daemon = start(limits={"pending_bytes": PENDING_BYTES}, routes=[barrier_route()])
    program = panda()
    clients = program.connect_many(daemon.port(), 3)
    stuck = raw(daemon.port(), receive_buffer_bytes=4_096)
    stuck.send(b"\xffhello")
    stuck.wait_for(1)
    port = stuck.port

    sent = 0
    while sent < DATAGRAMS_MAX and not daemon.logged("connection.closed"):
        clients[0].send(numbered(0, sent, padding=PADDING))
        sent += 1
        wait_until(
            "the reading clients", lambda: all(len(c.received) > sent - IN_FLIGHT for c in clients), program
        )
    wait_until("every delivery", lambda: all(len(c.received) >= sent for c in clients), program)

    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert (closed["close_reason"], closed["limit"]) == ("slowConsumer", "pending_bytes")
    assert closed["level"] in ("notice", "warning")
    assert len(daemon.logged("connection.closed")) == 1
    for client in clients:
        assert numbers_by_sender(client.take(sent)) == {0: list(range(sent))}
        assert client.barrier() == []


def test_a_slow_echo_client_is_closed_too(start, panda, raw):
    """The client does not read its own echoes. They must not fill the memory."""
    daemon = start(relay={"default": "echo"}, limits={"pending_bytes": 70_000})
    other = panda().connect(daemon.port())
    stuck = raw(daemon.port(), receive_buffer_bytes=4_096, timeout=1.0)
    port = stuck.port
    try:
        for _ in range(DATAGRAMS_MAX):
            stuck.send(bytes(PADDING))
    except OSError:  # closed, or throttled by back-pressure
        pass
    other.send(b"unharmed")
    assert other.take(1) == [b"unharmed"]
    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert (closed["close_reason"], closed["limit"]) == ("slowConsumer", "pending_bytes")


# Turns the other limits off: only the tested limit can close a connection.
OFF = {"pending_bytes": 0, "pending_datagrams": 0, "pending_age": "0s", "pending_bytes_total": 0}


class Slow:
    """A connection that does not read, with full kernel buffers, and a connection that broadcasts to it."""

    def __init__(self, start, raw, tmp_path, **limits) -> None:
        self.control = tmp_path / "c.sock"
        self.daemon = start(
            limits=OFF | limits,
            routes=[barrier_route()],
            server={"event_loops": 1},
            control={"socket": str(self.control)},
        )
        self.stuck, self.sender = raw(self.daemon.port(), receive_buffer_bytes=4_096), raw(self.daemon.port())
        self.stuck.send(b"\xffhello")
        self.stuck.wait_for(1)
        self.port = self.stuck.port
        while not self.pending_bytes():
            self.gets(PADDING)

    def gets(self, payload_bytes: int) -> None:
        """Broadcasts a datagram and waits until it is on its way to the stuck connection."""
        self.sender.send(bytes(payload_bytes))
        self.sender.wait_for(1)
        self.sender.frames.clear()

    def pending_bytes(self) -> int:
        (stuck,) = [each for each in ask(self.control, "list")["connections"] if each["port"] == self.port]
        return stuck["pending_bytes"]

    def closing(self) -> LogEvent:
        """Returns the log event of the close, and checks that no other connection has been closed."""
        closed = self.daemon.wait_for("connection.closed")
        assert (closed["peer_port"], closed["close_reason"]) == (self.port, "slowConsumer")
        self.gets(0)
        assert self.daemon.terminate() == 0
        finished = self.daemon.wait_for("shutdown.finished")
        exceeded = [key for key in finished.fields if key.startswith("exceeded_") and finished.number(key)]
        assert exceeded == [f"exceeded_{closed['limit']}"]
        return closed


@pytest.mark.parametrize("limit", ["pending_bytes", "pending_bytes_total"])
def test_one_past_the_bytes_that_may_wait_is_too_much(start, raw, tmp_path, limit):
    slow = Slow(start, raw, tmp_path, **{limit: PENDING_BYTES})
    while (room := PENDING_BYTES - slow.pending_bytes()) > 0:
        # The last datagram fills the rest, including its header.
        slow.gets(room - 2 if room < 2 * PADDING else PADDING)
    assert slow.pending_bytes() == PENDING_BYTES
    assert not slow.daemon.logged("connection.closed")
    slow.gets(0)
    assert slow.closing()["limit"] == limit


def test_one_past_the_datagrams_that_may_wait_is_too_much(start, raw, tmp_path):
    slow = Slow(start, raw, tmp_path, pending_datagrams=100)
    # The first datagram already waits: the kernel has not taken all of it.
    for _ in range(99):
        slow.gets(0)
    assert slow.pending_bytes() and not slow.daemon.logged("connection.closed")
    slow.gets(0)
    assert slow.closing()["limit"] == "pending_datagrams"


def test_what_waits_for_too_long_is_too_much(start, raw, tmp_path):
    slow = Slow(start, raw, tmp_path, pending_age="1s")
    waits_at = time.monotonic()
    closed = slow.closing()
    assert closed["limit"] == "pending_age"
    assert closed.read_at - slow.daemon.started_at > 1
    # lobbyd checks the connections every quarter of a second.
    assert closed.read_at - waits_at < 1 + 2 * 0.25 + 0.5 * SLOWNESS
