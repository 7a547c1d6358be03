"""The kernel's figures for the daemon's process: resident memory and descriptors."""

import os
import threading
import time

from .figures import slope

# Seconds between two samples.
INTERVAL = 1.0
# The shortest series, in minutes, that gives a useful slope. It is just below 2: a round can be a second too short.
SLOPE_MINUTES_MIN = 1.9


def resident_kib(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def descriptor_count(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


class MemoryRecord:
    """Samples resident memory on its own thread until it is closed."""

    def __init__(self, pid: int) -> None:
        self.samples: list[tuple[float, float]] = []
        self._pid = pid
        self._is_over = threading.Event()
        self._started_at = time.monotonic()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    @property
    def latest(self) -> float:
        return self.samples[-1][1]

    def slope_after(self, minutes: float) -> float | None:
        """Returns KiB per minute, or `None` if fewer than two minutes of samples follow."""
        if self.samples[-1][0] < minutes + SLOPE_MINUTES_MIN:
            return None
        return slope([sample for sample in self.samples if sample[0] >= minutes])

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            minutes = (time.monotonic() - self._started_at) / 60
            self.samples.append((minutes, resident_kib(self._pid)))
            if self._is_over.wait(INTERVAL):
                return
