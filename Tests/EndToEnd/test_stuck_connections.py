"""1,000 of 3,000 connections never read and are closed. The others lose no datagram and hardly wait."""

import threading
from dataclasses import dataclass

from harness.bench import BenchResult, bench
from harness.configuration import configuration
from harness.silent_crowd import SilentCrowd
from harness.process import memory_bytes
from harness.waiting import IS_SANITIZED

HEALTHY = 2_000
STUCK = 1_000
# The time limit in seconds, from the first datagram. The kernel's buffers take the first datagrams.
GONE_WITHIN = 15.0
# The kernel's buffers of a stuck connection fill up in the warm-up, and pending_bytes during the measurement.
LOAD = ("--connections", HEALTHY, "--publishers", 1, "--rate", 5, "--size", 12_000, "--warm-up", "4s", "--duration", "8s")
MEBIBYTE = 1_048_576
# One broadcast is 2.5% of the measured deliveries. So the slowest broadcast decides p99, and other work of the machine
# can slow it down. Therefore one good pair of runs is enough. If the stuck connections cost time in every run, for
# example with a copy of the broadcast for each, all pairs fail.
PAIRS = 3


@dataclass
class Outcome:
    result: BenchResult
    seconds_until_gone: float
    passed: dict[str, int]
    peak_bytes: int

    @property
    def p99_ms(self) -> float:
        return self.result["latency_ns"]["p99"] / 1e6


def run(launch, stuck: int) -> Outcome:
    daemon = launch(configuration(), arguments=())
    daemon.wait_for("ready")
    crowd = SilentCrowd(daemon.port(), stuck, receive_buffer_bytes=4_096)
    seconds = [0.0]

    def watch() -> None:
        began_at = crowd.wait_for_data()
        crowd.wait_for_ends()
        seconds.append(max(crowd.ended_at.values()) - began_at)

    watching = threading.Thread(target=watch)
    if stuck:
        watching.start()
    result = bench(daemon.port(), *LOAD, "--expect", "broadcast")
    if stuck:
        watching.join()
    peak_bytes = memory_bytes(daemon.process.pid, "VmHWM")
    crowd.close()
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    exceeded = {key[9:]: finished.number(key) for key in finished.fields if key.startswith("exceeded_")}
    passed = {limit: count for limit, count in exceeded.items() if count}
    return Outcome(result, seconds[-1], passed, peak_bytes)


def check(without: Outcome, beside: Outcome) -> None:
    """Checks the conditions that every run must meet."""
    assert without.result.status == 0 and without.result["clean"], without
    assert beside.result.status == 0 and beside.result["clean"], beside
    assert sum(beside.passed.values()) == STUCK
    assert 0 < beside.seconds_until_gone <= GONE_WITHIN
    # The stuck connections share the waiting bytes: lobbyd does not hold 256 KiB for each.
    assert IS_SANITIZED or beside.peak_bytes - without.peak_bytes <= STUCK * 65_536


def test_the_others_lose_nothing_and_hardly_wait(launch, capsys):
    for _ in range(PAIRS):
        without, beside = run(launch, 0), run(launch, STUCK)
        with capsys.disabled():
            print(
                f"\n{STUCK} stuck beside {HEALTHY}: p99 {beside.p99_ms:.1f} ms, without them {without.p99_ms:.1f} ms;"
                f" closed {beside.seconds_until_gone:.1f} s after the first datagram {beside.passed};"
                f" peak memory {beside.peak_bytes / MEBIBYTE:.0f} MiB, without them {without.peak_bytes / MEBIBYTE:.0f} MiB"
            )
        check(without, beside)
        if IS_SANITIZED or beside.p99_ms <= 1.2 * without.p99_ms + 5:
            return
    raise AssertionError(f"p99 beside stuck connections was over 1.2 times plus 5 ms in each of {PAIRS} pairs of runs")
