"""Traffic of one event loop never starves another: a bystander is served beside broadcasts from another loop."""

import sys
import time

import pytest

from harness import broadcaster
from harness.configuration import configuration
from harness.evenness import ATTEMPTS, Pings, first_served
from harness.raw_client import frame
from harness.program import Program
from harness.silent_crowd import SilentCrowd
from harness.waiting import IS_SANITIZED

TO_ALL, DROPPED = 2, 3
READERS = 1_000
SECONDS = 4.0
# The limits for a bystander's round trips, compared with a daemon with one event loop: a factor, and seconds in
# addition.
TRIP_FACTOR_MAX, TRIP_MORE_MAX = 1.2, 0.005
IDLE_TIMEOUT, SECONDS_BETWEEN_SIGNS = 2.0, 0.5


class Load:
    """A daemon on which 1,000 readers and a bystander share an event loop. A client of another loop broadcasts."""

    def __init__(self, start, run, raw, event_loops: int, rate: int) -> None:
        self.tables = {
            "server": {"event_loops": event_loops},
            # The readers of this test read late, or never.
            "limits": {"pending_bytes": 1 << 26, "pending_datagrams": 0, "pending_age": "0s"},
            "relay": {"default": "echo"},
            "routes": [{"types": [TO_ALL], "handler": "broadcast"}, {"types": [DROPPED], "handler": "drop"}],
        }
        self.daemon = start(**self.tables)
        port = self.daemon.port()
        # Connections are assigned to the loops in turn, so the first one of each pair is on the same loop.
        pairs = SilentCrowd(port, 2 * READERS)
        ordered = list(pairs.sockets.items())
        for descriptor, connection in ordered[1::2]:
            pairs.epoll.unregister(descriptor)
            connection.close()
            del pairs.sockets[descriptor]
        self.readers = pairs
        self.daemon.wait_for("connection.closed", count=READERS)
        self.bystander = raw(port)
        self.sender = run(Program(sys.executable, "-B", broadcaster.__file__, port, rate, TO_ALL))
        self.sender_port = self.sender.line()

    def give_signs(self) -> None:
        """Sends a datagram from each connection on the readers' loop."""
        self.readers.send(frame(bytes([DROPPED])))
        self.bystander.send(bytes([DROPPED]))

    def end(self) -> set[str]:
        """Ends the load. Returns the reasons for which the daemon had closed connections before."""
        assert self.sender.process.poll() is None, "the broadcaster was closed"
        ended = {e["close_reason"] for e in self.daemon.logged("connection.closed")} - {"peerClosed"}
        self.sender.kill()
        self.readers.close()
        self.bystander.close()
        assert self.daemon.terminate() == 0
        return ended


def p99_beside_broadcasts(start, run, raw, event_loops: int, rate: int) -> float:
    load = Load(start, run, raw, event_loops, rate)
    pings = Pings(load.bystander, payload=b"\x01ping")
    with first_served(load.daemon.process.pid):
        pings.run(SECONDS)
    assert not load.end()
    return pings.percentile(99)


@pytest.mark.parametrize("rate", [300, 1_000])
def test_broadcasts_that_cross_cost_a_bystander_no_more_than_on_one_loop(start, run, raw, capsys, rate):
    figures = []
    for _ in range(ATTEMPTS):
        one, two = (p99_beside_broadcasts(start, run, raw, loops, rate) for loops in (1, 2))
        figures.append(f"{two * 1000:.1f} ms, with one loop {one * 1000:.1f} ms")
        if IS_SANITIZED or two <= TRIP_FACTOR_MAX * one + TRIP_MORE_MAX:
            break
    else:
        raise AssertionError(f"p99 beside {rate} broadcasts per second from another loop: {figures}")
    with capsys.disabled():
        print(f"\np99 beside {rate} broadcasts per second from another loop: {figures[-1]}")


def test_connections_that_are_busy_are_never_idle_beside_broadcasts_that_cross(start, run, raw):
    load = Load(start, run, raw, event_loops=2, rate=1_000)
    load.give_signs()
    load.tables["limits"]["idle_timeout"] = f"{IDLE_TIMEOUT:g}s"
    load.daemon.reload(configuration(**load.tables))
    end = time.monotonic() + 3 * IDLE_TIMEOUT
    while time.monotonic() < end:
        load.give_signs()
        load.readers.watch(SECONDS_BETWEEN_SIGNS)
        load.bystander.poll()
    assert not load.readers.ended_at, load.daemon.describe()
    assert not load.end()
