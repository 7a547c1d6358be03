"""Runs the soak. Prints a line per minute and a table at the end. Exits with 1 if a figure is out of its bounds.

Usage: python -m soak MINUTES
"""

import sys
import tempfile
import time
from pathlib import Path

from harness.daemon import Daemon, LogEvent
from harness.raw_client import free_port
from harness.waiting import wait_until

from .figures import Figure
from .nuisances import Nuisances
from .process import MemoryRecord, descriptor_count
from .reloads import Reloads, settings
from .residents import Residents
from .steady import Steady

ROUND = 60
# The bound for a machine with two processors and no other work.
P99_MS_MAX = 100.0
# In the first minute, memory grows to its working size. Later growth and shrinkage within a round stay below this
# slope.
SETTLING_MINUTES = 1.0
RSS_SLOPE_MAX = 512.0
# The time limit for the daemon to close its last connections after all clients have gone, in seconds.
CLEANUP_MAX = 15.0
# Counters that the nuisances must raise. Without these events the soak would prove little.
DUE = ("ended_slow_consumer", "ended_frame_timeout", "ended_peer_reset", "udp_runts", "udp_checksum_failures")


class Soak:
    """One daemon, and the load on it."""

    def __init__(self, directory: Path) -> None:
        self.port, self.udp_port = free_port(), free_port()
        self.daemon = Daemon.launch(settings(self.port, self.udp_port), directory, arguments=())
        self.daemon.wait_for("ready")
        self.pid = self.daemon.process.pid
        self.descriptors_before = descriptor_count(self.pid)
        self.memory = MemoryRecord(self.pid)
        self.steady = Steady()

    def run(self, minutes: int) -> None:
        self.residents = Residents(self.port)
        self.nuisances = Nuisances(self.port, self.udp_port)
        self.reloads = Reloads(self.daemon, self.port, self.udp_port)
        print("minute  delivered     faults  p99 ms  resident KiB  descriptors  reloads", flush=True)
        for minute in range(1, minutes + 1):
            began_at = time.monotonic()
            self.steady.run(self.port, ROUND)
            time.sleep(max(0.0, began_at + ROUND - time.monotonic()))
            self._print(minute)

    def finish(self) -> list[Figure]:
        """Ends the load, then the daemon. Returns the figures."""
        self.memory.close()
        self.reloads.close()
        crashed = self.nuisances.crashed() + (not self.residents.close())
        self.nuisances.close()
        descriptors_after = self._descriptors_at_last()
        status = self.daemon.terminate()
        return [
            *self._figures(),
            *self._nuisances(crashed),
            self._descriptors(descriptors_after),
            Figure("lines of the log that are not JSON", len(self.daemon.stray_lines), at_most=0),
            Figure("errors in the log except rejected reloads", len(self._errors()), at_most=0),
            Figure("exit status", status, at_most=0, at_least=0),
        ]

    def _descriptors_at_last(self) -> int:
        try:
            wait_until(
                "descriptors", lambda: descriptor_count(self.pid) <= self.descriptors_before, timeout=CLEANUP_MAX
            )
        except TimeoutError:
            pass
        return descriptor_count(self.pid)

    def _descriptors(self, after: int) -> Figure:
        return Figure(f"descriptors at the end ({self.descriptors_before} at the start)", after, self.descriptors_before)

    def _errors(self) -> list[LogEvent]:
        return [
            event
            for event in self.daemon.events
            if event["level"] in ("error", "critical") and event.message != "reload.rejected"
        ]

    def _figures(self) -> list[Figure]:
        finished, totals, residents = self._finished, self.steady.totals, self.residents.tally
        return [
            Figure("connections", finished.number("connections")),
            Figure("datagrams in", finished.number("datagrams_in")),
            Figure("datagrams out", finished.number("datagrams_out")),
            Figure("steady deliveries, each checked", totals["delivered"], at_least=1),
            Figure("  lost, doubled, reordered or stray", self.steady.fault_count, at_most=0),
            Figure("deliveries to residents, each checked", residents.done.value, at_least=1),
            Figure("  lost, doubled, reordered or stray", residents.failed.value, at_most=0),
            Figure("p99 of the worst minute, ms", max(self.steady.p99), at_most=P99_MS_MAX),
            Figure("p99 of the median minute, ms", sorted(self.steady.p99)[len(self.steady.p99) // 2]),
            Figure("resident at the end, KiB", self.memory.latest),
            Figure("resident slope, KiB per minute", self.memory.slope_after(SETTLING_MINUTES), at_most=RSS_SLOPE_MAX),
            Figure("reloads", self.reloads.count, at_least=1),
            Figure("  with an unexpected result", len(self.reloads.wrong), at_most=0),
        ]

    def _nuisances(self, crashed: int) -> list[Figure]:
        """Returns the counts of each nuisance and of its effect on lobbyd."""
        figures = []
        for name, tally in self.nuisances.tallies.items():
            figures += [Figure(name, tally.done.value, at_least=1)]
            figures += [Figure("  not served", tally.failed.value, at_most=0)] if tally.failed.value else []
        figures += [Figure(f"{name} of lobbyd", self._finished.number(name), at_least=1) for name in DUE]
        return [*figures, Figure("load generators that crashed", crashed, at_most=0)]

    @property
    def _finished(self) -> LogEvent:
        return self.daemon.wait_for("shutdown.finished")

    def _print(self, minute: int) -> None:
        print(
            f"{minute:6}  {self.steady.totals['delivered']:<12,}  {self.steady.fault_count:6}  {self.steady.p99[-1]:6.1f}"
            f"  {self.memory.latest:12,.0f}  {descriptor_count(self.pid):11}  {self.reloads.count:7}",
            flush=True,
        )


def main(minutes: int) -> int:
    with tempfile.TemporaryDirectory(prefix="lobbyd-soak-") as directory:
        soak = Soak(Path(directory))
        try:
            soak.run(minutes)
            figures = soak.finish()
        finally:
            if soak.daemon.process.poll() is None:
                soak.daemon.process.kill()
    print(f"\n{minutes} minutes")
    for figure in figures:
        print(figure.row)
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
