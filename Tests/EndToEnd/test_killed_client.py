"""A client process is killed in mid-frame: its whole frames are routed, the rest is discarded, and its slot is free."""

import signal
import subprocess
import sys

from harness.configuration import barrier_route
from harness.waiting import wait_until

# Sends a whole frame and the beginning of another, prints its port, and waits to be killed.
VICTIM = """
import socket, struct, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
peer.sendall(struct.pack("<H", 6) + b"\\x01whole" + struct.pack("<H", 500) + b"\\x01the beginning of more")
print(peer.getsockname()[1], flush=True)
sys.stdin.read()
"""


def test_the_others_are_unharmed_and_the_place_is_free_again(start, panda):
    daemon = start(limits={"connections": 3}, routes=[barrier_route()])
    program = panda()
    others = program.connect_many(daemon.port(), 2)

    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(daemon.port())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as victim:
        port = int(victim.stdout.readline())
        wait_until("the whole frame", lambda: all(c.received for c in others), program)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL

    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert closed["close_reason"] in ("peerClosed", "peerReset")
    assert closed.number("datagrams_in") == 1

    newcomer = program.connect_many(daemon.port(), 1)[0]
    newcomer.send(b"\x01after")
    for client in others:
        assert client.take(2) == [b"\x01whole", b"\x01after"]
        assert client.barrier() == []
    assert newcomer.take(1) == [b"\x01after"]
