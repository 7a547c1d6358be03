"""Eight control clients that send requests without a pause, beside a crowd of connections, hardly delay a bystander."""

import resource
import subprocess
import sys

import pytest

from harness.configuration import configuration
from harness.evenness import Pings, assert_at_most, first_served
from harness.program import Program
from harness.waiting import SLOWNESS

CONNECTIONS = 9_500
CONTROL_CLIENTS = 8
# The duration of the measurement, in seconds.
WINDOW = 4.0

CROWD = """
import resource, socket, sys
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
crowd = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(int(sys.argv[2]))]
print("in", flush=True)
sys.stdin.read()
"""

# Sends requests until it is killed. Prints a line after the first answer.
ASKER = """
import json, socket, sys
control = socket.socket(socket.AF_UNIX)
control.connect(sys.argv[1])
lines = control.makefile("rb")
asked = 0
while True:
    control.sendall(json.dumps({"version": 1, "command": sys.argv[2]}).encode() + b"\\n")
    while b'"more":true' in lines.readline(): pass
    asked += 1
    if asked == 1: print("answered", flush=True)
"""


# The limits for the 99th percentile of the round trips, in seconds. A list takes longer: each request makes a new one.
@pytest.mark.parametrize("command, trip_max", [("status", 0.02), ("stats", 0.02), ("list", 0.05)])
def test_a_bystander_hardly_notices(launch, run, raw, tmp_path, capsys, command, trip_max):
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] > CONNECTIONS + 100, "too few descriptors for this test"
    path = tmp_path / "c.sock"

    def trip() -> float:
        daemon = launch(
            configuration(relay={"default": "echo"}, control={"socket": str(path)}), arguments=("--log-level", "info")
        )
        daemon.wait_for("ready")
        command_line = [sys.executable, "-c", CROWD, str(daemon.port()), str(CONNECTIONS)]
        with subprocess.Popen(command_line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
            assert crowd.stdout is not None
            assert crowd.stdout.readline() == b"in\n"
            pings = Pings(raw(daemon.port()))
            askers = [run(Program(sys.executable, "-c", ASKER, path, command)) for _ in range(CONTROL_CLIENTS)]
            for asker in askers:
                assert asker.line() == "answered"
            with first_served(daemon.process.pid):
                pings.run(WINDOW)
            for asker in askers:
                asker.kill()
            pings.client.close()
            crowd.kill()
        assert daemon.terminate() == 0
        asked = daemon.wait_for("shutdown.finished").number("control_requests")
        with capsys.disabled():
            print(
                f"\n{CONTROL_CLIENTS} clients with {command} beside {CONNECTIONS} connections, {asked} requests:"
                f" p50 {pings.percentile(50) * 1000:.1f} ms, p99 {pings.percentile(99) * 1000:.1f} ms,"
                f" longest {max(pings.trips) * 1000:.1f} ms"
            )
        return pings.percentile(99)

    assert_at_most(trip_max * SLOWNESS, trip)
