"""1,000 of 3,000 connections never read: the others lose nothing, keep their order and hardly wait; the stuck ones go."""

import threading
import time

from harness.bench import BenchResult, bench
from harness.configuration import configuration
from harness.crowd import Crowd

HEALTHY = 2_000
STUCK = 1_000
GONE_WITHIN = 15.0
# A rate that fills what the kernel holds for a stuck connection within some seconds.
LOAD = ("--connections", HEALTHY, "--publishers", 1, "--rate", 10, "--size", 20_000, "--duration", 10, "--type", 1)


def run_bench(port: int) -> BenchResult:
    return bench(port, *LOAD, "--expect", "broadcast")


def memory_mib(pid: int) -> float:
    """The most that it has had in memory."""
    with open(f"/proc/{pid}/status") as status:
        peak = next(line for line in status if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def test_the_others_lose_nothing_and_hardly_wait(launch, capsys):
    results, peaks = [], []
    for stuck in (0, STUCK):
        daemon = launch(configuration(), arguments=())
        daemon.wait_for("ready")
        crowd = Crowd(daemon.port(), stuck, receive_buffer_bytes=4_096)
        began_at = time.monotonic()
        watcher = threading.Thread(target=crowd.wait_for_ends)
        watcher.start()
        results.append(run_bench(daemon.port()))
        watcher.join()
        peaks.append(memory_mib(daemon.process.pid))
        gone_after = max(crowd.ended_at.values(), default=began_at) - began_at
        crowd.close()
        assert daemon.terminate() == 0
        finished = daemon.wait_for("shutdown.finished")
        passed = {key[9:]: finished.number(key) for key in finished.fields if key.startswith("exceeded_")}

    p99 = [result["latency_ns"]["p99"] / 1e6 for result in results]
    with capsys.disabled():
        print(
            f"\n{STUCK} stuck beside {HEALTHY}: p99 {p99[1]:.1f} ms, without them {p99[0]:.1f} ms;"
            f" gone after {gone_after:.1f} s ({passed}); peak memory {peaks[1]:.0f} MiB, without them {peaks[0]:.0f} MiB"
        )
    assert all(result.status == 0 and result["clean"] for result in results), results
    assert sum(passed.values()) == STUCK, passed
    assert gone_after <= GONE_WITHIN
    assert p99[1] <= 1.2 * p99[0] + 5
    # What may wait for each, and as much again for all else.
    assert peaks[1] - peaks[0] <= 2 * STUCK * 262_144 / 1_048_576
