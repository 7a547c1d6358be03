"""How evenly the daemon serves: round trips on schedule, and a bound for them on a machine that does other things too."""

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
    """What `measure` returns has to be so short in one of a few attempts.

    What the daemon does makes others wait each time, what else the machine does only now and then. With a sanitizer in the
    daemon the figure may be what it is.
    """
    figures: list[float] = []
    while len(figures) < ATTEMPTS:
        figures.append(measure())
        if IS_SANITIZED or figures[-1] <= seconds:
            return
    raise AssertionError(f"over {seconds:g} s each time: {figures}")


# The best there is: for a thread, and for its session, which the kernel may give its share of the processors as one.
_NICEST = -20
_SESSION = Path("/proc/self/autogroup")


@contextmanager
def first_served(pid: int) -> Iterator[None]:
    """While this holds, all threads of process `pid`, this thread and what it starts come before whatever else runs.

    Then a figure is about the daemon, and not about who gets the processor. Where that is not allowed, as only root is, they
    compete with the others. Not a real-time priority: the kernel takes the processor from whoever uses all of it.
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
        pass  # a kernel that doesn't do so, or the one session that can't have any


class Pings:
    """Round trips on schedule, however long the ones before take: a stall is charged to all that it delays.

    Broadcasts of others that come in between are left aside.
    """

    SECONDS_BETWEEN = 0.002

    def __init__(self, client: RawClient, payload: bytes = b"ping") -> None:
        self.client = client
        self.payload = payload
        # In seconds.
        self.trips: list[float] = []
        self._due: deque[float] = deque()

    def run(self, seconds: float) -> None:
        """Goes on for so long, and until all have come back."""
        due = time.perf_counter()
        end = due + seconds
        while due < end or self._due:
            now = time.perf_counter()
            while due <= min(now, end):
                self.client.send_bytes(frame(self.payload))
                self._due.append(due)
                due += self.SECONDS_BETWEEN
            # It must not take the processor from those that it measures.
            select.select([self.client.socket], [], [], max(0.0, due - now) if due < end else POLL_PAUSE)
            self.client.poll()
            assert not self.client.end, self.client.end
            now = time.perf_counter()
            for _ in range(self.client.frames.count(self.payload)):
                self.trips.append(now - self._due.popleft())
            self.client.frames.clear()

    def percentile(self, percent: float) -> float:
        """The trip, in seconds, than which so many in a hundred are shorter."""
        return sorted(self.trips)[int(len(self.trips) * percent / 100)]
