"""Measures how evenly the daemon serves: round trips on schedule, with a bound that holds on a busy machine."""

import os
import select
import time
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from .raw_client import RawClient, frame
from .waiting import IS_SANITIZED, POLL_PAUSE

ATTEMPTS = 3


def assert_at_most(seconds: float, measure: Callable[[], float]) -> None:
    """Checks that `measure` returns at most `seconds` in one of a few attempts.

    A delay that the daemon causes appears in each attempt. A delay by another program on the machine appears only in
    some attempts. If the daemon has a sanitizer, every figure passes.
    """
    figures: list[float] = []
    while len(figures) < ATTEMPTS:
        figures.append(measure())
        if IS_SANITIZED or figures[-1] <= seconds:
            return
    raise AssertionError(f"over {seconds:g} s in each attempt: {figures}")


# The highest priority, and the file that gives it to a session: the kernel can share the processor among sessions.
_NICEST = -20
_SESSION = Path("/proc/self/autogroup")


@contextmanager
def first_served(pid: int) -> Iterator[None]:
    """Gives all threads of process `pid`, this thread and its new processes priority over all other programs.

    Without this, a figure would also measure the competition for the processor. Only root may raise the priority;
    otherwise the threads compete with other programs. A real-time priority is unsuitable: the kernel throttles a thread
    that uses the whole processor.
    """
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        for thread in (*map(int, os.listdir(f"/proc/{pid}/task")), 0):
            os.setpriority(os.PRIO_PROCESS, thread, _NICEST)
    except PermissionError:
        yield
        return
    _share_out(_NICEST)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, mine)
        _share_out(0)


def _share_out(niceness: int) -> None:
    try:
        _SESSION.write_text(str(niceness))
    except OSError:
        pass  # the kernel has no session priorities, or this is the root session, whose priority is fixed


class Pings:
    """Round trips on schedule. A late answer does not delay the next request, so a stall lengthens many trips.

    Broadcasts of other clients between the answers are ignored.
    """

    SECONDS_BETWEEN = 0.002

    def __init__(self, client: RawClient, payload: bytes = b"ping") -> None:
        self.client = client
        self.payload = payload
        # Seconds.
        self.trips: list[float] = []
        self._due: deque[float] = deque()

    def run(self, seconds: float) -> None:
        """Sends for `seconds`, then waits until all answers have arrived."""
        due = time.perf_counter()
        end = due + seconds
        while due < end or self._due:
            now = time.perf_counter()
            while due <= min(now, end):
                self.client.send_bytes(frame(self.payload))
                self._due.append(due)
                due += self.SECONDS_BETWEEN
            # Waits without using the processor, which the measured threads need.
            select.select([self.client.socket], [], [], max(0.0, due - now) if due < end else POLL_PAUSE)
            self.client.poll()
            assert not self.client.end, self.client.end
            now = time.perf_counter()
            for _ in range(self.client.frames.count(self.payload)):
                self.trips.append(now - self._due.popleft())
            self.client.frames.clear()

    def percentile(self, percent: float) -> float:
        """Returns the duration, in seconds, that `percent` of the trips stay below."""
        return sorted(self.trips)[int(len(self.trips) * percent / 100)]
