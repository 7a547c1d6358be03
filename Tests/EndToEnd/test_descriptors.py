"""When the process has no descriptors left, clients wait, nobody else suffers, and the log stays quiet."""

import os
import resource
import time

from harness.configuration import configuration

SPARE = 10
CLIENTS = 30
WINDOW = 1.5


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
    assert cpu_seconds(pid) - used < 0.1 * WINDOW, "it must not spin"
    assert len(daemon.logged("listener.exhausted")) - logged <= 2, "at most one line a second"

    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    freed_at = time.monotonic()
    for client in clients:
        client.send(b"served")
    for client in clients:
        assert client.wait_for(1) == [b"served"]
    assert time.monotonic() - freed_at < 1


def test_a_limit_that_the_connections_do_not_fit_is_named(launch):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    daemon = launch(configuration(limits={"connections": hard}))
    warning = daemon.wait_for("limit.descriptors")
    assert warning.number("connections") == hard
    assert warning.number("descriptors") == hard


def cpu_seconds(pid: int) -> float:
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
