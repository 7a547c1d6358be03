"""The control socket's file is lost while lobbyd runs: lobbyd makes it again, and leaves other files alone."""

import os
import signal
import socket
import stat

import pytest

from harness.control import ControlConnection, ask, lobbyctl
from harness.daemon import EXIT_OS
from harness.waiting import wait_until

STATUS = b'{"version":1,"command":"status"}\n'


@pytest.fixture
def place(tmp_path):
    """The directory of the control socket."""
    directory = tmp_path / "control"
    directory.mkdir()
    return directory


@pytest.fixture
def path(place):
    return place / "c.sock"


@pytest.fixture
def daemon(start, path):
    return start(control={"socket": str(path)})


def assert_served(path, daemon):
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert ask(path, "status")["process"] == daemon.process.pid


def test_it_notices_by_itself(daemon, path):
    path.unlink()
    lost = daemon.wait_for("control.lost")
    assert lost["level"] == "warning" and lost["socket"] == str(path) and "gone" in lost["reason"]
    reopened = daemon.wait_for("control.reopened")
    assert reopened["level"] == "notice" and reopened["socket"] == str(path)
    assert_served(path, daemon)


def test_a_reload_makes_it_again_before_it_is_over(daemon, path):
    for number in range(1, 4):
        path.unlink()
        daemon.send_signal(signal.SIGHUP)
        wait_until("the reload", lambda: len(daemon.logged("reload.applied")) == number)
        assert_served(path, daemon)
    assert len(daemon.logged("control.lost")) == len(daemon.logged("control.reopened")) == 3


def test_a_connection_that_is_open_goes_on(daemon, path):
    control = ControlConnection(path)
    path.unlink()
    control.send(b'{"version":1,"command":"reload"}\n' + STATUS)
    assert control.answer()["ok"] and control.answer()["ok"]
    assert_served(path, daemon)
    control.send(STATUS)
    assert control.answer()["ok"]
    control.close()


def test_a_directory_that_comes_back(daemon, place, path):
    place.rename(place.with_name("away"))
    daemon.send_signal(signal.SIGHUP)
    lost = daemon.wait_for("control.lost")
    assert "No such file or directory" in lost["reason"]
    daemon.wait_for("reload.applied")
    place.mkdir()
    daemon.wait_for("control.reopened")
    assert_served(path, daemon)
    assert len(daemon.logged("control.lost")) == 1
    assert daemon.terminate() == 0
    assert not os.listdir(place)


def make_file(path):
    path.write_text("precious")


def make_socket(path):
    """A socket without a listening process."""
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))


@pytest.mark.parametrize("make", [make_file, make_socket])
def test_another_file_in_its_place_is_left_alone(daemon, path, make):
    path.unlink()
    make(path)
    other = path.lstat().st_ino
    daemon.send_signal(signal.SIGHUP)
    assert "another file" in daemon.wait_for("control.lost")["reason"]
    daemon.wait_for("reload.applied")
    assert path.lstat().st_ino == other and not daemon.logged("control.reopened")
    path.unlink()
    daemon.wait_for("control.reopened")
    assert_served(path, daemon)


def test_another_process_that_listens_in_its_place_is_left_alone(daemon, path):
    path.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        daemon.send_signal(signal.SIGHUP)
        daemon.wait_for("control.lost")
        daemon.wait_for("reload.applied")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            other.accept()[0].close()
        assert daemon.terminate() == 0
        assert path.exists(), "lobbyd must not remove the other process's file when it exits"


def test_its_own_file_may_come_back(daemon, path):
    away = path.with_name("away")
    path.rename(away)
    make_file(path)
    daemon.send_signal(signal.SIGHUP)
    daemon.wait_for("control.lost")
    away.rename(path)
    daemon.wait_for("control.reopened")
    assert_served(path, daemon)


def test_a_client_of_the_lost_file_is_still_accepted(daemon, path):
    away = path.with_name("away")
    path.rename(away)
    daemon.send_signal(signal.SIGHUP)
    daemon.wait_for("control.reopened")
    assert_served(path, daemon)
    # The listening socket of the old file is closed.
    assert lobbyctl(away, "status").returncode == EXIT_OS
