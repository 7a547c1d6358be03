"""lobbyd is killed amid traffic and started again beside its stale socket file: it serves within a second."""

import signal
import time

from harness.configuration import configuration, listener
from harness.control import ask
from harness.crowd import Crowd, allow_descriptors, connection_count
from harness.raw_client import free_port
from harness.waiting import SLOWNESS, wait_until

CONNECTIONS = 500
TIME_WAIT = 6
SECONDS_MAX = 1.0


def test_it_serves_within_a_second(launch, raw, tmp_path, capsys):
    allow_descriptors(CONNECTIONS)
    stale = tmp_path / "control.sock"
    port = free_port()
    config = configuration([listener(port=port)], relay={"default": "echo"}, control={"socket": str(stale)})
    first = launch(config, arguments=())
    first.wait_for("ready")
    crowd = Crowd([raw(port) for _ in range(CONNECTIONS)])
    for client in crowd.clients:
        client.send(b"hello")
    wait_until("the answers", lambda: crowd.have(1), crowd)
    first.send_signal(signal.SIGKILL)
    assert first.wait_for_exit() == -signal.SIGKILL
    wait_until("every end", crowd.all_ended, crowd)
    # Half of the clients stay half open, like clients on a distant machine.
    for client in crowd.clients[::2]:
        client.close()
    wait_until("TIME_WAIT", lambda: connection_count(port, TIME_WAIT) >= CONNECTIONS // 2)
    assert stale.is_socket(), "the killed daemon has not removed its control socket"

    second = launch(config, arguments=())
    second.wait_for("ready")
    client = raw(port)
    client.send(b"again")
    assert client.wait_for(1) == [b"again"]
    seconds = time.monotonic() - second.started_at
    assert seconds < SECONDS_MAX * SLOWNESS
    assert ask(stale, "status")["process"] == second.process.pid
    with capsys.disabled():
        print(f"\nkilled with {CONNECTIONS} connections and started again: serves after {seconds:.3f} s")
