"""The service manager gets READY when the ports answer, a STATUS that stays current, and STOPPING."""

import os
import socket

import pytest

from harness.configuration import configuration, listener
from harness.raw_client import free_port

# A STATUS may be about five seconds old.
STATUS_DEADLINE = 12.0
LISTENERS = [listener(name="two", header_size=2), listener(name="four", header_size=4)]


@pytest.fixture
def daemon(notify_socket, launch):  # in this order: the daemon ends before the notify socket is closed
    return launch(
        configuration(listeners=LISTENERS, relay={"default": "echo"}), NOTIFY_SOCKET=notify_socket.path
    )


def test_ready_once_every_port_answers(notify_socket, launch, panda):
    """The first connect succeeds. The test chooses the ports itself, so it waits only for READY."""
    listeners = [listener(name=f"header {size}", port=free_port(), header_size=size) for size in (2, 4)]
    daemon = launch(configuration(listeners, relay={"default": "echo"}), NOTIFY_SOCKET=notify_socket.path)

    ready = notify_socket.wait_for("READY", "1")
    for keys in listeners:
        client = panda(keys["header_size"]).connect(keys["port"])
        client.send(b"first try")
        assert client.take(1) == [b"first try"]

    assert ready.get("STATUS")
    assert daemon.terminate() == 0
    while notify_socket.poll():
        pass
    assert sum("READY" in message for message in notify_socket.messages) == 1


def test_status_follows_the_number_of_connections(daemon, notify_socket, panda):
    assert "0 connections" in notify_socket.wait_for("READY", "1")["STATUS"]
    daemon.wait_for("ready")
    program = panda()
    clients = program.connect_many(daemon.port("two"), 3)
    assert "2 listeners" in notify_socket.wait_for("STATUS", "3 connections", timeout=STATUS_DEADLINE)["STATUS"]

    notify_socket.messages.clear()
    for client in clients:
        client.close()
    notify_socket.wait_for("STATUS", "0 connections", timeout=STATUS_DEADLINE)


def test_stopping(daemon, notify_socket):
    notify_socket.wait_for("READY", "1")
    assert not any("STOPPING" in message for message in notify_socket.messages)
    assert daemon.terminate() == 0
    notify_socket.wait_for("STOPPING", "1")


def test_an_abstract_socket(launch, tmp_path):
    """A leading @ in the socket's name marks an abstract socket."""
    name = f"lobbyd-test-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("\0" + name)
        receiver.settimeout(10)
        daemon = launch(configuration(), NOTIFY_SOCKET="@" + name)
        assert any("READY=1" in receiver.recv(4096).decode() for _ in range(3)), "READY after the messages of the start"
        assert daemon.terminate() == 0


def test_a_port_in_use_is_never_reported_ready(launch, notify_socket):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        failing = launch(
            configuration(listeners=[listener(port=taken.getsockname()[1])]), NOTIFY_SOCKET=notify_socket.path
        )
        assert failing.wait_for_exit() == 71
    while notify_socket.poll():
        pass
    assert not any("READY" in message for message in notify_socket.messages)
