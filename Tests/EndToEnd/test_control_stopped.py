"""lobbyctl fails in time if lobbyd is stopped, with or without room in the backlog of the control socket."""

import signal
import socket
import time

import pytest

from harness.configuration import configuration
from harness.control import lobbyctl
from harness.process import is_stopped
from harness.waiting import wait_until

# The time limit, in seconds. lobbyctl itself waits for 5 s.
SECONDS_MAX = 10.0


@pytest.fixture
def path(launch, tmp_path):
    """The control socket of a stopped daemon."""
    path = tmp_path / "c.sock"
    daemon = launch(configuration(control={"socket": str(path)}))
    daemon.wait_for("ready")
    daemon.send_signal(signal.SIGSTOP)
    # A thread that still runs could accept a connection, which frees a place in the backlog.
    wait_until("a stop", lambda: is_stopped(daemon.process.pid))
    yield path
    daemon.send_signal(signal.SIGCONT)


@pytest.fixture
def full(path):
    """Fills the backlog of the control socket."""
    waiting = []
    while True:
        waiting.append(socket.socket(socket.AF_UNIX))
        waiting[-1].setblocking(False)
        try:
            waiting[-1].connect(str(path))
        except BlockingIOError:
            break
    yield
    for each in waiting:
        each.close()


def test_a_command_does_not_wait_for_a_place_for_ever(path, full):
    start = time.monotonic()
    ran = lobbyctl(path, "status")
    assert ran.returncode == 71
    assert "no connection within 5s" in ran.stderr
    assert time.monotonic() - start < SECONDS_MAX


def test_the_version_without_a_place(path, full):
    start = time.monotonic()
    ran = lobbyctl(path, "version")
    assert ran.returncode == 0 and "cannot be reached" in ran.stdout
    assert time.monotonic() - start < SECONDS_MAX


def test_the_version_without_an_answer(path):
    start = time.monotonic()
    ran = lobbyctl(path, "version")
    assert ran.returncode == 0 and "cannot be reached" in ran.stdout
    assert time.monotonic() - start < SECONDS_MAX
