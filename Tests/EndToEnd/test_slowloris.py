"""3,000 connections that send a byte every 5 s are closed within 11 s. 200 healthy connections are not disturbed."""

import threading
import time

from harness.bench import BenchResult, bench
from harness.configuration import configuration
from harness.silent_crowd import SilentCrowd
from harness.waiting import SLOWNESS

SLOW = 3_000
HEALTHY = 200
FRAME_TIMEOUT = 10.0
CLOSED_WITHIN = 11.0


def test_they_are_closed_and_nobody_notices(launch, capsys):
    daemon = launch(configuration(relay={"default": "echo"}), arguments=())
    daemon.wait_for("ready")
    results: list[BenchResult] = []

    def measure() -> None:
        results.append(
            bench(daemon.port(), "--connections", HEALTHY, "--publishers", HEALTHY, "--rate", 5, "--duration", "13s")
        )

    measuring = threading.Thread(target=measure)
    measuring.start()
    crowd = SilentCrowd(daemon.port(), SLOW)
    sent_at = time.monotonic()
    # The header announces a payload of 259 bytes. Only one byte of it arrives.
    for byte in (b"\x03", b"\x01", b"."):
        crowd.send(byte)
        crowd.watch(5.0)
    crowd.wait_for_ends(1.0)
    times = [ended_at - sent_at for ended_at in crowd.ended_at.values()]
    measuring.join()
    crowd.close()
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    latency = {key: value / 1e6 for key, value in results[0]["latency_ns"].items()}
    with capsys.disabled():
        print(
            f"\n{SLOW} connections that send a byte every 5 s: closed after {min(times):.2f} to {max(times):.2f} s;"
            f" {HEALTHY} healthy ones: p99 {latency['p99']:.2f} ms, longest {latency['max']:.1f} ms"
        )
    assert finished.number("exceeded_frame_timeout") == SLOW
    assert min(times) >= FRAME_TIMEOUT - 0.5, "closed before the timeout; 0.5 s allow for the time to send to all"
    assert max(times) <= CLOSED_WITHIN * SLOWNESS
    assert results[0].status == 0 and results[0]["clean"], results[0]
