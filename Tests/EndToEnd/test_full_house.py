"""Ten thousand connections: all are accepted, every broadcast reaches each of them in order, and memory stays small."""

import resource

import pytest

from harness.bench import bench
from harness.configuration import configuration
from harness.daemon import EXIT_OK
from harness.waiting import IS_SANITIZED

CONNECTIONS = 10_000
# Enough for the connections and for the daemon's own files.
DESCRIPTORS = CONNECTIONS + 200
# The limit for resident memory per connection, without the kernel's own memory.
BYTES_PER_CONNECTION = 4_000


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


@pytest.mark.skipif(
    0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[1] < DESCRIPTORS, reason="the hard limit of descriptors is too low"
)
def test_ten_thousand_connections_hear_every_broadcast(launch):
    # The default log level: at debug, a line per connection would disturb the measurement.
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
