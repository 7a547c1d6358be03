"""A client that resets before it is accepted never becomes a connection, and does not count for its address's rate."""

import os
import signal

from harness.process import is_stopped
from harness.waiting import wait_until

GONE = 50


def test_they_are_closed_and_counted(start, raw):
    daemon = start(limits={"accepts_per_second_per_address": 1, "connections": 1}, relay={"default": "echo"})
    os.kill(daemon.process.pid, signal.SIGSTOP)
    try:
        wait_until("every thread to stop", lambda: is_stopped(daemon.process.pid))
        for _ in range(GONE):
            raw(daemon.port()).abort()
    finally:
        os.kill(daemon.process.pid, signal.SIGCONT)
    client = raw(daemon.port())
    client.send(b"here")
    client.wait_for(1)
    wait_until("every refusal", lambda: len(daemon.logged("connection.refused", reason="clientGone")) == 10)
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("refused_client_gone") == GONE
    assert finished.number("connections") == 1
    assert len(daemon.logged("connection.opened")) == 1
    assert {event["level"] for event in daemon.logged("connection.refused")} == {"debug"}
