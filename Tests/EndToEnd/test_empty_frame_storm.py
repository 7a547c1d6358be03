"""Writes of 32,768 empty datagrams, broadcast to 500 connections, delay no other connection. All of them arrive."""

import select
import socket
import threading
import time

from harness.bench import bench
from harness.configuration import configuration
from harness.evenness import assert_at_most, first_served
from harness.process import cpu_seconds
from harness.waiting import DEADLINE, IS_SANITIZED

RECEIVERS = 500
STORM = bytes(2) * 32_768
# The duration of the measurement in seconds, and the least number of storms in it. They follow each other without a
# pause.
SECONDS = 4
STORMS_MIN = 10
# The limit, in seconds, for the event loop's time per storm, and for the wait of another connection.
STALL = 0.05


def drain(receivers: list[socket.socket], wanted: int) -> None:
    """Reads `wanted` bytes from each receiver."""
    left = {receiver.fileno(): wanted for receiver in receivers}
    epoll = select.epoll()
    by_descriptor = {receiver.fileno(): receiver for receiver in receivers}
    for descriptor in left:
        epoll.register(descriptor, select.EPOLLIN)
    deadline = time.monotonic() + DEADLINE
    buffer = bytearray(1 << 18)
    while left:
        assert time.monotonic() < deadline, f"{len(left)} receivers still wait"
        for descriptor, _ in epoll.poll(0.5):
            count = by_descriptor[descriptor].recv_into(buffer)
            assert count > 0, "a connection has ended"
            left[descriptor] -= count
            if left[descriptor] <= 0:
                assert left.pop(descriptor) == 0, "more bytes than were sent"
                epoll.unregister(descriptor)
    epoll.close()


def storm(launch, report: list[str]) -> float:
    """Returns the 99th percentile of a bystander's round trips, in seconds. The storms last as long as its pings."""
    daemon = launch(configuration(routes=[{"types": [2], "handler": "echo"}], server={"event_loops": 1}))
    daemon.wait_for("ready")
    receivers = [socket.create_connection(("127.0.0.1", daemon.port())) for _ in range(RECEIVERS)]
    daemon.wait_for("connection.opened", count=RECEIVERS)
    results = []

    def measure() -> None:
        load = ("--connections", 1, "--type", 2, "--rate", 200, "--duration", f"{SECONDS}s")
        with first_served(daemon.process.pid):
            results.append(bench(daemon.port(), *load, "--expect", "echo"))

    measuring = threading.Thread(target=measure)
    measuring.start()
    before, storms = cpu_seconds(daemon.process.pid), 0
    while measuring.is_alive():
        receivers[0].sendall(STORM)
        drain(receivers, len(STORM))
        storms += 1
    stall = (cpu_seconds(daemon.process.pid) - before) / storms
    measuring.join()
    for receiver in receivers:
        receiver.close()
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    latency = {key: value / 1e6 for key, value in results[0]["latency_ns"].items()}
    report.append(
        f"{storms} storms of 32,768 empty datagrams to {RECEIVERS}: {stall * 1000:.1f} ms of processor time each;"
        f" another connection's echo p50 {latency['p50']:.2f} ms, p99 {latency['p99']:.2f} ms, longest {latency['max']:.1f} ms"
    )
    assert results[0].status == 0 and results[0]["clean"], results[0]
    assert storms >= STORMS_MIN
    assert finished.number("datagrams_in") >= storms * 32_768
    assert not [key for key in finished.fields if key.startswith("exceeded_") and finished.number(key)]
    assert IS_SANITIZED or stall <= STALL
    return latency["p99"] / 1000


def test_no_connection_waits_for_a_storm(launch, capsys):
    report: list[str] = []
    try:
        assert_at_most(STALL, lambda: storm(launch, report))
    finally:
        with capsys.disabled():
            print("", *report, sep="\n")
