"""Errors of the socket: a failed send drops only that datagram, and a lost socket is reopened within a second."""

import time

import pytest

from harness.configuration import listener
from harness.fault_injection import STRACE, injected
from harness.waiting import SLOWNESS, wait_until

pytestmark = pytest.mark.skipif(STRACE is None, reason="NOT TESTED: strace is not installed")

UDP = listener(name="udp", transport="udp")


def is_answered(client, token: bytes) -> bool:
    client.send(token)
    try:
        client.wait_for(token, timeout=0.1 * SLOWNESS)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("error", ["EINVAL", "EACCES", "ENETUNREACH", "EPERM", "EIO", "ENOBUFS", "EAGAIN"])
def test_a_send_that_fails_costs_one_datagram(start, raw_udp, error):
    daemon = start(listeners=[UDP], relay={"default": "echo"}, server={"event_loops": 1})
    client = raw_udp(daemon.port("udp"))
    assert is_answered(client, b"before")
    with injected(daemon.process.pid, f"sendmmsg:error={error}:when=1..3"):
        assert [is_answered(client, b"%d" % number) for number in range(5)] == [False] * 3 + [True] * 2
    assert is_answered(client, b"after")

    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("udp_unsent") == 3
    assert finished.number("udp_reopened") == 0
    assert finished.number("connections") == 1


@pytest.mark.parametrize("error", ["EBADF", "ENOTSOCK", "EIO", "EPERM", "ENOBUFS"])
def test_a_receive_that_fails_delays_datagrams_by_less_than_a_second(start, raw_udp, error):
    """The first two errors mean that the socket is lost."""
    is_lost = error in ("EBADF", "ENOTSOCK")
    daemon = start(listeners=[UDP], relay={"default": "echo"}, server={"event_loops": 1})
    client = raw_udp(daemon.port("udp"))
    assert is_answered(client, b"before")
    with injected(daemon.process.pid, f"recvmmsg:error={error}:when=1"):
        client.send(b"lost")
        lost_at = time.monotonic()
        wait_until("an answer", lambda: is_answered(client, b"back"), client, timeout=SLOWNESS)
        assert time.monotonic() - lost_at < SLOWNESS
    if is_lost:
        daemon.wait_for("listener.lost", listener="udp")
        daemon.wait_for("listener.reopened", listener="udp")

    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("udp_reopened") == (1 if is_lost else 0)
    assert finished.number("connections") == 1, "the same address must stay the same connection"
