"""Writes of 32,768 empty datagrams, broadcast to 500 connections: nobody else waits for them, and all of them arrive."""

import select
import socket
import threading
import time

from harness.bench import bench
from harness.configuration import configuration

RECEIVERS = 500
STORM = bytes(2) * 32_768
STORMS = 20
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
    daemon = launch(
        configuration(routes=[{"types": [2], "handler": "echo"}], server={"event_loops": 1}), arguments=()
    )
    daemon.wait_for("ready")
    receivers = [socket.create_connection(("127.0.0.1", daemon.port())) for _ in range(RECEIVERS)]
    results = []

    def measure() -> None:
        results.append(bench(daemon.port(), "--connections", 1, "--type", 2, "--rate", 200, "--duration", 8, "--expect", "echo"))

    measuring = threading.Thread(target=measure)
    measuring.start()
    time.sleep(2)
    storms = 0
    while measuring.is_alive() and storms < STORMS:
        receivers[0].sendall(STORM)
        storms += 1
        drain(receivers, len(STORM))
    measuring.join()
    for receiver in receivers:
        receiver.close()
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    latency = {key: value / 1e6 for key, value in results[0]["latency_ns"].items()}
    with capsys.disabled():
        print(
            f"\n{storms} storms of 32,768 empty datagrams to {RECEIVERS}: another connection's echo"
            f" p50 {latency['p50']:.2f} ms, p99 {latency['p99']:.2f} ms, longest {latency['max']:.1f} ms"
        )
    assert results[0].status == 0 and results[0]["clean"], results[0]
    assert storms > 0
    assert finished.number("datagrams_in") >= storms * 32_768
    assert not [key for key in finished.fields if key.startswith("exceeded_")]
    assert latency["max"] <= STALL_MS
