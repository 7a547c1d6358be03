"""The backlog is the configured one, and a hundred clients that connect at once all get through, with 5 or 1000."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from harness.configuration import listener
from harness.panda_client import PandaProgram

CLIENTS = 100


@pytest.mark.parametrize("backlog", [5, 1000])
def test_the_system_shows_the_configured_backlog(start, backlog):
    daemon = start(listeners=[listener(backlog=backlog)])
    port = daemon.port()
    output = subprocess.run(
        ["ss", "-ltnH", f"sport = :{port}"], capture_output=True, text=True, check=True
    ).stdout.split()
    send_queue = int(output[2])
    assert send_queue == min(backlog, int(Path("/proc/sys/net/core/somaxconn").read_text()))
    assert daemon.wait_for("listener.bound").number("backlog") == backlog


@pytest.mark.parametrize("backlog", [5, 1000])
def test_a_hundred_clients_connect_at_once(start, panda, backlog):
    daemon = start(listeners=[listener(backlog=backlog)], relay={"default": "echo"})
    port = daemon.port()
    programs: list[PandaProgram] = [panda() for _ in range(CLIENTS)]
    gate = Barrier(CLIENTS)

    def connect(program: PandaProgram):
        gate.wait()
        return program.connect(port)  # Panda3D lets other threads run while it waits

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = list(pool.map(connect, programs))

    # One after the other: those whom a short backlog had turned away knock again with what they send, and when all of
    # them do that at once, most are turned away again, each time for twice as long.
    for number, client in enumerate(clients):
        client.send(b"client %d" % number)
        assert client.take(1) == [b"client %d" % number]
