"""Errors of accept(2): lobbyd serves the next client within a second and keeps running."""

import time

import pytest

from harness.configuration import listener
from harness.fault_injection import STRACE, injected
from harness.waiting import SLOWNESS

pytestmark = pytest.mark.skipif(STRACE is None, reason="NOT TESTED: strace is not installed")

# After these errors lobbyd closes the socket and opens it again.
FATAL = {"EBADF", "EINVAL"}
# After these errors lobbyd accepts no client for 100 ms.
LASTING = {"EMFILE", "ENFILE", "EPROTO", "EPERM", "ENETDOWN"}
ERRORS = sorted(FATAL | LASTING | {"ECONNABORTED"})


@pytest.mark.parametrize("error", ERRORS)
def test_the_next_client_is_served_within_a_second(start, raw, error):
    daemon = start(relay={"default": "echo"}, server={"event_loops": 1})
    before = raw(daemon.port())
    before.send(b"before")
    before.wait_for(1)
    with injected(daemon.process.pid, f"accept4:error={error}:when=1"):
        meanwhile = raw(daemon.port())
        failed_at = time.monotonic()
        meanwhile.send(b"meanwhile")
        following = raw(daemon.port())
        following.send(b"next")
        following.wait_for(1, timeout=SLOWNESS)
        took = time.monotonic() - failed_at
        # strace only simulated the error. So the kernel still has this client in the backlog of the same socket.
        meanwhile.wait_for(1, timeout=SLOWNESS)
    before.send(b"after")
    assert before.wait_for(2) == [b"before", b"after"]
    print(f"{error}: the next client was served after {took * 1000:.0f} ms")
    assert took < SLOWNESS

    if error in FATAL:
        daemon.wait_for("listener.lost", listener="game", level="error")
        daemon.wait_for("listener.reopened", listener="game", level="notice")
    if error in LASTING:
        daemon.wait_for("listener.exhausted", listener="game", level="warning")
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("listeners_reopened") == (1 if error in FATAL else 0)


def test_a_socket_that_is_lost_again_and_again_is_back_each_time(start, raw):
    daemon = start(relay={"default": "echo"}, server={"event_loops": 1})
    with injected(daemon.process.pid, "accept4:error=EINVAL:when=1..5"):
        client = raw(daemon.port())
        client.send(b"at last")
        client.wait_for(1, timeout=3 * SLOWNESS)
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("listeners_reopened") == 5
