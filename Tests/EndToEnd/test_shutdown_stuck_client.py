"""A client that never reads delays a stop at most for the drain. A second signal ends lobbyd at once."""

import signal

import pytest

from harness.configuration import barrier_route
from harness.daemon import CRASH_SIGNALS
from harness.sequence import numbered

QUEUED = 500
PADDING = 16_000  # together more than the kernel's buffers hold


@pytest.fixture
def stuck_daemon(start, panda, raw):
    """Makes a daemon that has datagrams queued for a client that never reads."""

    def make(drain: str):
        daemon = start(server={"drain": drain}, limits={"pending_bytes": 64_000_000}, routes=[barrier_route()])
        publisher = panda().connect_many(daemon.port(), 1)[0]
        stuck = raw(daemon.port(), receive_buffer_bytes=4_096)
        stuck.send(b"\xffhello")
        stuck.wait_for(1)
        for number in range(QUEUED):
            publisher.send(numbered(1, number, padding=PADDING))
            publisher.wait_for(number + 1)
        return daemon

    return make


def test_it_ends_with_the_drain(stuck_daemon):
    daemon = stuck_daemon(drain="2s")
    sent_at = daemon.send_signal(signal.SIGTERM)
    assert daemon.wait_for_exit() == 0
    assert 1.5 < daemon.wait_for("shutdown.finished").read_at - sent_at < 3.0


@pytest.mark.parametrize("first, second", [(signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGINT)])
def test_a_second_signal_ends_it_at_once(stuck_daemon, first, second):
    daemon = stuck_daemon(drain="60s")
    daemon.send_signal(first)
    daemon.wait_for("shutdown.started")
    daemon.send_signal(second)
    status = daemon.wait_for_exit(timeout=1.0)
    assert status not in CRASH_SIGNALS
