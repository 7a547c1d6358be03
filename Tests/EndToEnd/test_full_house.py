"""Ten thousand connections: all are let in, every broadcast reaches each of them in order, and memory stays small."""

import resource

import pytest

from harness.bench import bench
from harness.configuration import configuration
from harness.daemon import EXIT_OK
from harness.waiting import IS_SANITIZED

CONNECTIONS = 10_000
# What the daemon needs besides them, and more.
DESCRIPTORS = CONNECTIONS + 200
# Bytes of resident memory; the kernel's own are not among them.
BYTES_PER_CONNECTION = 4_000


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


@pytest.mark.skipif(
    0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[1] < DESCRIPTORS, reason="the hard limit of descriptors is too low"
)
def test_ten_thousand_connections_hear_every_broadcast(launch):
    # Without a line for each connection, which is not what is measured.
    daemon = launch(configuration(limits={"connections": CONNECTIONS}), arguments=())
    daemon.wait_for("ready")
    before = resident_bytes(daemon.process.pid)
    result = bench(
        daemon.port(), "--connections", CONNECTIONS, "--publishers", 1, "--rate", 1, "--duration", "3s"
    )
    assert result.status == EXIT_OK, result.error
    counts = result["totals"]
    assert counts["published"] >= 3 and counts["delivered"] == counts["published"] * CONNECTIONS
    faults = ("lost", "out_of_order", "duplicates", "strays", "connections_lost")
    assert {fault: counts[fault] for fault in faults} == dict.fromkeys(faults, 0)
    after = resident_bytes(daemon.process.pid)
    assert IS_SANITIZED or (after - before) / CONNECTIONS <= BYTES_PER_CONNECTION
