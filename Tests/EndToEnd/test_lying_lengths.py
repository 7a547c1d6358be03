"""A length of 0xFFFFFFFF or one past the limit closes the connection at once and takes no memory, 10,000 times."""

import time

import pytest

from harness.configuration import configuration, listener
from harness.silent_crowd import SilentCrowd
from harness.process import memory_bytes
from harness.waiting import IS_SANITIZED, SLOWNESS

LIMIT = 1_000_000
AT_ONCE = 1_000
TIMES = 10
BYTES_EACH_MAX = 64 * 1024
SECONDS_MAX = 1.0


@pytest.mark.parametrize("length", [0xFFFFFFFF, LIMIT + 1])
def test_it_is_closed_at_once_and_takes_no_memory(launch, capsys, length):
    daemon = launch(
        configuration([listener(header_size=4)], limits={"datagram_bytes": LIMIT, "pending_bytes": 2 * LIMIT}), arguments=()
    )
    daemon.wait_for("ready")
    before = memory_bytes(daemon.process.pid, "VmRSS")
    longest = 0.0
    for _ in range(TIMES):
        crowd = SilentCrowd(daemon.port(), AT_ONCE)
        sent_at = time.monotonic()
        crowd.send(length.to_bytes(4, "little") + b"beginning")
        crowd.wait_for_ends()
        longest = max(longest, max(crowd.ended_at.values()) - sent_at)
        crowd.close()
    grown = memory_bytes(daemon.process.pid, "VmHWM") - before
    assert daemon.terminate() == 0
    with capsys.disabled():
        print(
            f"\n{TIMES} x {AT_ONCE} lengths of {length:#x}: all closed within {longest * 1000:.0f} ms,"
            f" at most {grown / AT_ONCE:,.0f} bytes of memory each"
        )
    assert daemon.wait_for("shutdown.finished").number("exceeded_datagram_bytes") == TIMES * AT_ONCE
    assert longest < SECONDS_MAX * SLOWNESS
    assert IS_SANITIZED or grown / AT_ONCE < BYTES_EACH_MAX
