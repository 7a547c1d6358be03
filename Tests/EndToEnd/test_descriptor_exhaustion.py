"""256 descriptors and 400 clients: no busy loop and few log lines. All clients are served once descriptors are free."""

import os
import resource
import time

from harness.process import cpu_seconds
from harness.waiting import SLOWNESS, wait_until

DESCRIPTORS = 256
CLIENTS = 400
WINDOW = 3.0
SPARE = 4


def test_those_that_do_not_fit_wait_and_nothing_spins(start, raw):
    daemon = start(relay={"default": "echo"})
    pid = daemon.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, before[1]))
    clients = [raw(daemon.port()) for _ in range(CLIENTS)]
    for client in clients:
        client.send(b"in")
    daemon.wait_for("listener.exhausted", listener="game", reason="Too many open files")
    # lobbyd still has descriptors for its own files: it can read its configuration again.
    assert len(os.listdir(f"/proc/{pid}/fd")) <= DESCRIPTORS - SPARE
    assert daemon.reload(daemon.file.read_text())[0].message == "reload.applied"

    lines, used, began = len(daemon.logged("listener.exhausted")), cpu_seconds(pid), time.monotonic()
    time.sleep(WINDOW)
    share = (cpu_seconds(pid) - used) / (time.monotonic() - began)
    lines = len(daemon.logged("listener.exhausted")) - lines
    assert share <= 0.05 * SLOWNESS
    assert lines <= WINDOW

    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    freed_at = time.monotonic()
    wait_until("every answer", lambda: all(client.frames for client in clients), *clients, timeout=5 * SLOWNESS)
    took = time.monotonic() - freed_at
    print(f"{DESCRIPTORS} descriptors, {CLIENTS} clients: {share:.1%} CPU, {lines} lines in {WINDOW:g} s, "
          f"all served {took * 1000:.0f} ms after the limit was raised")  # fmt: skip
    assert took < 1 * SLOWNESS


def test_descriptors_that_clients_give_back_go_to_those_that_wait(start, raw):
    daemon = start(relay={"default": "echo"})
    pid = daemon.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 5, before[1]))
    clients = [raw(daemon.port()) for _ in range(30)]
    for client in clients:
        client.send(b"in")
    while clients:
        wait_until("a client to be served", lambda: any(client.frames for client in clients), *clients)
        for client in [client for client in clients if client.frames]:
            client.close()
            clients.remove(client)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
