"""Writes of 32,768 empty datagrams, broadcast to 500 connections: nobody else waits for them, and all of them arrive."""

import select
import socket
import threading
import time

from harness.bench import bench
from harness.configuration import configuration
from harness.process import cpu_seconds

RECEIVERS = 500
STORM = bytes(2) * 32_768
STORMS = 20
# The time of its only event loop that a storm takes is the longest that another connection may have to wait for it.
STALL_MS = 50


def drain(receivers: list[socket.socket], wanted: int) -> None:
    """Reads `wanted` bytes from each."""
    left = {receiver.fileno(): wanted for receiver in receivers}
    epoll = select.epoll()
    by_descriptor = {receiver.fileno(): receiver for receiver in receivers}
    for descriptor in left:
        epoll.register(descriptor, select.EPOLLIN)
    deadline = time.monotonic() + 20
    buffer = bytearray(1 << 18)
    while left:
        assert time.monotonic() < deadline, f"{len(left)} still wait"
        for descriptor, _ in epoll.poll(0.5):
            count = by_descriptor[descriptor].recv_into(buffer)
            assert count > 0, "a connection has ended"
            left[descriptor] -= count
            if left[descriptor] <= 0:
                assert left.pop(descriptor) == 0, "more than was sent"
                epoll.unregister(descriptor)
    epoll.close()


def test_no_connection_waits_for_a_storm(launch, capsys):
    daemon = launch(configuration(routes=[{"types": [2], "handler": "echo"}], server={"event_loops": 1}))
    daemon.wait_for("ready")
    receivers = [socket.create_connection(("127.0.0.1", daemon.port())) for _ in range(RECEIVERS)]
    daemon.wait_for("connection.opened", count=RECEIVERS)
    results = []

    def measure() -> None:
        load = ("--connections", 1, "--type", 2, "--rate", 200, "--duration", 6)
        results.append(bench(daemon.port(), *load, "--expect", "echo"))

    measuring = threading.Thread(target=measure)
    measuring.start()
    before = cpu_seconds(daemon.process.pid)
    for _ in range(STORMS):
        receivers[0].sendall(STORM)
        drain(receivers, len(STORM))
    milliseconds = (cpu_seconds(daemon.process.pid) - before) / STORMS * 1000
    measuring.join()
    for receiver in receivers:
        receiver.close()
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    latency = {key: value / 1e6 for key, value in results[0]["latency_ns"].items()}
    with capsys.disabled():
        print(
            f"\n{STORMS} storms of 32,768 empty datagrams to {RECEIVERS}: {milliseconds:.1f} ms of processor time each;"
            f" another connection's echo p50 {latency['p50']:.2f} ms, p99 {latency['p99']:.2f} ms, longest {latency['max']:.1f} ms"
        )
    assert results[0].status == 0 and results[0]["clean"], results[0]
    assert finished.number("datagrams_in") >= STORMS * 32_768
    assert not [key for key in finished.fields if key.startswith("exceeded_") and finished.number(key)]
    assert milliseconds <= STALL_MS
