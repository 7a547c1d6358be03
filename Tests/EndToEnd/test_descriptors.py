"""lobbyd uses all allowed descriptors. Without a free one, new clients wait and others are served."""

import os
import resource
import time

import pytest

from harness.configuration import configuration
from harness.process import cpu_seconds
from harness.waiting import SLOWNESS

SPARE = 10
CLIENTS = 30
WINDOW = 1.5
# The soft limit that the process starts with, and the hard limit to which it may raise the soft one.
SOFT, HARD = 256, 1_024
# The number of these descriptors that lobbyd keeps for other uses than connections.
RESERVE = 64
# More connections than the soft limit allows.
SERVED = 300


def test_clients_wait_until_there_are_descriptors_again(start, panda, raw):
    daemon = start(server={"event_loops": 1}, relay={"default": "echo"})
    pid = daemon.process.pid
    healthy = panda().connect(daemon.port())
    healthy.send(b"before")
    assert healthy.take(1) == [b"before"]

    limit = len(os.listdir(f"/proc/{pid}/fd")) + SPARE
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    clients = [raw(daemon.port()) for _ in range(CLIENTS)]
    daemon.wait_for("listener.exhausted", listener="game", reason="Too many open files")

    logged, used, start_of_window = len(daemon.logged("listener.exhausted")), cpu_seconds(pid), time.monotonic()
    while time.monotonic() < start_of_window + WINDOW:
        healthy.send(b"meanwhile")
        assert healthy.take(1) == [b"meanwhile"]
        time.sleep(0.05)
    assert cpu_seconds(pid) - used < 0.1 * WINDOW * SLOWNESS, "lobbyd must not spin"
    assert len(daemon.logged("listener.exhausted")) - logged <= 2, "at most one line per second"

    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    freed_at = time.monotonic()
    for client in clients:
        client.send(b"served")
    for client in clients:
        assert client.wait_for(1) == [b"served"]
    assert time.monotonic() - freed_at < 1 * SLOWNESS


def test_the_soft_limit_is_raised_to_the_hard_one(launch, raw):
    daemon = launch(configuration(relay={"default": "echo"}), descriptor_limits=(SOFT, HARD))
    daemon.wait_for("ready")
    assert resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE) == (HARD, HARD)
    clients = [raw(daemon.port()) for _ in range(SERVED)]
    for client in clients:
        client.send(b"served")
    for client in clients:
        assert client.wait_for(1) == [b"served"]
    assert not daemon.logged("listener.exhausted")


@pytest.mark.parametrize(
    ("connections", "loops", "fits"),
    [(HARD - RESERVE, 1, True), (HARD - RESERVE + 1, 1, False), (0, 1, False), (HARD - RESERVE, 100, False)],
)
def test_a_limit_that_the_connections_do_not_fit_is_named(launch, connections, loops, fits):
    tables = {"limits": {"connections": connections}, "server": {"event_loops": loops}}
    daemon = launch(configuration(**tables), descriptor_limits=(SOFT, HARD))
    daemon.wait_for("ready")
    warnings = daemon.logged("limit.descriptors", level="warning")
    assert len(warnings) == (0 if fits else 1)
    for warning in warnings:
        assert warning.number("descriptors") == HARD
        assert warning["connections"] == str(connections or "no limit")
