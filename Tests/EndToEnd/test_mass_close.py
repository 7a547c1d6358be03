"""5,000 connections that close at once: a bystander's round trips stay short."""

import resource
import socket
import threading
import time

from harness.raw_client import RawClient

CONNECTIONS = 5_000
ROUNDS_BEFORE = 200


def round_trip(client: RawClient) -> float:
    began = time.perf_counter()
    client.send(b"ping")
    client.socket.recv(64)
    return time.perf_counter() - began


def test_a_bystander_hardly_notices(start, raw):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    daemon = start(relay={"default": "echo"})
    port = daemon.port()
    crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    bystander = raw(port)
    for _ in range(ROUNDS_BEFORE):
        round_trip(bystander)

    # Each end is one call into the kernel, without Python's lock.
    closing = threading.Thread(target=lambda: [client.close() for client in crowd])
    trips: list[float] = []
    closing.start()
    deadline = time.monotonic() + 2
    while closing.is_alive() or time.monotonic() < deadline:
        trips.append(round_trip(bystander))
    closing.join()
    trips.sort()
    p999 = trips[min(len(trips) - 1, int(len(trips) * 0.999))]
    print(f"{CONNECTIONS} closed at once: {len(trips)} round trips, p99.9 {p999 * 1000:.1f} ms, "
          f"worst {trips[-1] * 1000:.1f} ms")  # fmt: skip
    assert p999 <= 0.1
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("connections") == CONNECTIONS + 1
