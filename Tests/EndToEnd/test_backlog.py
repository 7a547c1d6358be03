"""The backlog is the configured one. A hundred clients connect at once, with a backlog of 5 or 1000."""

import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from harness.configuration import configuration, listener
from harness.daemon import LogEvent
from harness.panda_client import PandaProgram

CLIENTS = 100
SYSTEMS_MAX = int(Path("/proc/sys/net/core/somaxconn").read_text())
LISTENER_MAX = 65_535


@pytest.mark.parametrize("backlog", [5, 1000])
def test_the_system_shows_the_configured_backlog(start, backlog):
    daemon = start(listeners=[listener(backlog=backlog)])
    port = daemon.port()
    output = subprocess.run(
        ["ss", "-ltnH", f"sport = :{port}"], capture_output=True, text=True, check=True
    ).stdout.split()
    send_queue = int(output[2])
    assert send_queue == min(backlog, SYSTEMS_MAX)
    assert daemon.wait_for("listener.bound").number("backlog") == send_queue
    assert not daemon.logged("listener.backlog")


def warned(event: LogEvent) -> tuple[str, int, int]:
    return event["listener"], event.number("backlog"), event.number("requested")


@pytest.mark.skipif(SYSTEMS_MAX >= LISTENER_MAX, reason="this system allows every valid backlog")
def test_a_backlog_that_the_system_cut_is_named_at_the_start(start):
    udp = listener(name="game-udp", transport="udp")
    daemon = start(listeners=[listener(backlog=SYSTEMS_MAX), listener(name="long", backlog=SYSTEMS_MAX + 1), udp])
    assert daemon.wait_for("listener.bound", listener="long").number("backlog") == SYSTEMS_MAX
    assert [warned(event) for event in daemon.logged("listener.backlog", level="warning")] == [
        ("long", SYSTEMS_MAX, SYSTEMS_MAX + 1)
    ]


@pytest.mark.skipif(SYSTEMS_MAX >= LISTENER_MAX, reason="this system allows every valid backlog")
def test_a_backlog_that_the_system_cut_is_named_at_a_reload(start):
    daemon = start(listeners=[listener(backlog=5)])
    for listeners, warnings in [
        ([listener(backlog=LISTENER_MAX)], [("game", SYSTEMS_MAX, LISTENER_MAX)]),
        ([listener(backlog=LISTENER_MAX, header_size=4)], []),
        ([listener(backlog=LISTENER_MAX), listener(name="new", backlog=9999)], [("new", SYSTEMS_MAX, 9999)]),
        ([listener(backlog=7)], []),
        ([listener(backlog=LISTENER_MAX)], [("game", SYSTEMS_MAX, LISTENER_MAX)]),
    ]:
        before = len(daemon.logged("listener.backlog"))
        (event,) = daemon.reload(configuration(listeners))
        assert event.message == "reload.applied", event.fields
        assert [warned(event) for event in daemon.logged("listener.backlog")[before:]] == warnings


@pytest.mark.skipif(SYSTEMS_MAX >= LISTENER_MAX, reason="this system allows every valid backlog")
def test_a_backlog_that_the_system_cut_is_named_for_an_inherited_socket(launch):
    with closing(socket.create_server(("127.0.0.1", 0))) as tcp:
        daemon = launch(configuration([listener(backlog=LISTENER_MAX)]), sockets=(("game", tcp),))
        daemon.wait_for("ready")
    assert [warned(event) for event in daemon.logged("listener.backlog")] == [("game", SYSTEMS_MAX, LISTENER_MAX)]
    assert daemon.wait_for("listener.bound", inherited="true").number("backlog") == SYSTEMS_MAX


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

    # One client after the other. With a short backlog the kernel drops the last packet of some handshakes. Such a
    # handshake is completed when the client sends data. If all clients sent data at once, most handshakes would fail
    # again, and each time the client would wait twice as long.
    for number, client in enumerate(clients):
        client.send(b"client %d" % number)
        assert client.take(1) == [b"client %d" % number]
