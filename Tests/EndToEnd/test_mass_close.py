"""5,000 connections that close at once: a bystander's round trips stay short."""

import resource
import subprocess
import sys

from harness.configuration import configuration
from harness.evenness import Pings, assert_at_most, first_served

CONNECTIONS = 5_000
# The durations of the round trips before and after the close, in seconds.
CALM, AFTER = 0.5, 2.0

# When this program is killed, the kernel closes all its connections at once.
CROWD = """
import resource, socket, sys
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
crowd = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(int(sys.argv[2]))]
print("in", flush=True)
sys.stdin.read()
"""


def test_a_bystander_hardly_notices(launch, raw):
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] > CONNECTIONS + 100, "too few descriptors for this test"
    assert_at_most(0.1, lambda: slowest_of_a_thousand(launch, raw))


def slowest_of_a_thousand(launch, raw) -> float:
    """Returns the 99.9th percentile of the bystander's round trips, in seconds."""
    daemon = launch(configuration(relay={"default": "echo"}), arguments=("--log-level", "info"))
    daemon.wait_for("ready")
    command = [sys.executable, "-c", CROWD, str(daemon.port()), str(CONNECTIONS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == b"in\n"
        pings = Pings(raw(daemon.port()))
        with first_served(daemon.process.pid):
            pings.run(CALM)
            crowd.kill()
            pings.run(AFTER)
    p999 = pings.percentile(99.9)
    print(f"{CONNECTIONS} closed at once: {len(pings.trips)} round trips, p99.9 {p999 * 1000:.1f} ms, "
          f"worst {max(pings.trips) * 1000:.1f} ms")  # fmt: skip
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("connections") == CONNECTIONS + 1
    return p999
