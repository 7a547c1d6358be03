"""lobbyd notifies the service manager's watchdog only while every event loop answers."""

import shutil
import time
from pathlib import Path

import pytest

from harness.configuration import configuration
from harness.fault_injection import hung

LOOPS = 2
# The watchdog's timeout, in seconds. lobbyd sends a sign of life twice in it.
TIMEOUT = 0.4


@pytest.fixture
def daemon(notify_socket, launch):  # in this order: the daemon ends before the notify socket is closed
    daemon = launch(
        configuration(server={"event_loops": LOOPS}),
        NOTIFY_SOCKET=notify_socket.path,
        WATCHDOG_USEC=str(int(TIMEOUT * 1e6)),
    )
    daemon.wait_for("ready")
    return daemon


def event_loops(pid: int) -> list[int]:
    """Returns the thread ids of the event loops."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sorted(int(task.name) for task in tasks if (task / "comm").read_text().startswith("loop-"))


def signs_of_life(notify_socket) -> int:
    while notify_socket.poll():
        pass
    return sum("WATCHDOG" in message for message in notify_socket.messages)


def test_a_sign_of_life_twice_in_each_timeout(daemon, notify_socket):
    start = time.monotonic()
    while signs_of_life(notify_socket) < 10:
        assert time.monotonic() - start < 10 * TIMEOUT, "too few signs of life"
        time.sleep(TIMEOUT / 20)
    assert time.monotonic() - start > 3 * TIMEOUT, "too many signs of life"


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize("index", range(LOOPS))
def test_one_hung_event_loop_silences_it(daemon, notify_socket, index):
    loops = event_loops(daemon.process.pid)
    assert len(loops) == LOOPS
    notify_socket.wait_for("WATCHDOG", "1")
    with hung(loops[index]):
        # The loop hangs within half a timeout. Until then it may still answer earlier requests.
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            signs_of_life(notify_socket)
        notify_socket.messages.clear()
        deadline = time.monotonic() + 3 * TIMEOUT
        while time.monotonic() < deadline:
            assert signs_of_life(notify_socket) == 0
    notify_socket.wait_for("WATCHDOG", "1")


def test_without_a_watchdog_there_is_no_sign(launch, notify_socket):
    daemon = launch(configuration(), NOTIFY_SOCKET=notify_socket.path)
    daemon.wait_for("ready")
    assert daemon.terminate() == 0
    assert signs_of_life(notify_socket) == 0
