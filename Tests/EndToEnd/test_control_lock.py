"""The lock file that keeps two lobbyds from starting at once on one control socket. No other user can hold it."""

import fcntl
import os
import shutil
import signal
import stat

import pytest

from harness.configuration import configuration
from harness.control import ask
from harness.daemon import EXIT_OS

NOBODY = 65534


@pytest.fixture
def place(tmp_path):
    directory = tmp_path / "control"
    directory.mkdir()
    return directory


def with_socket(place) -> str:
    return configuration(control={"socket": str(place / "c.sock")})


def test_its_file_is_for_its_owner_and_goes_at_the_end(launch, place):
    daemon = launch(with_socket(place))
    daemon.wait_for("ready")
    file = (place / "c.lock").stat()
    assert file.st_mode == stat.S_IFREG | 0o600 and file.st_uid == os.getuid()
    assert daemon.terminate() == 0
    assert not os.listdir(place)


def test_one_that_a_killed_lobbyd_left_is_used_again(launch, place):
    first = launch(with_socket(place))
    first.wait_for("ready")
    first.send_signal(signal.SIGKILL)
    first.wait_for_exit()
    assert sorted(os.listdir(place)) == ["c.lock", "c.sock"]
    second = launch(with_socket(place))
    second.wait_for("ready")
    assert ask(place / "c.sock", "status")["process"] == second.process.pid
    assert second.terminate() == 0
    assert not os.listdir(place)


def test_a_lock_on_the_directory_does_not_prevent_the_start(launch, place):
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        launch(with_socket(place)).wait_for("ready")
    finally:
        os.close(descriptor)


def test_two_sockets_in_one_directory(launch, place):
    daemons = [launch(configuration(control={"socket": str(place / name)})) for name in ("a.sock", "b.sock")]
    for daemon in daemons:
        daemon.wait_for("ready")
    assert daemons[0].terminate() == 0
    assert ask(place / "b.sock", "status")["process"] == daemons[1].process.pid
    assert daemons[1].terminate() == 0
    assert not os.listdir(place)


def test_sockets_of_two_users_in_one_directory(launch, place):
    if os.getuid() != 0:
        pytest.skip("only root can start a program as another user")
    place.chmod(0o777)
    for directory in place.parents:
        if directory.stat().st_uid == os.getuid() and directory != directory.parent:
            directory.chmod(directory.stat().st_mode | 0o011)
    first = launch(configuration(control={"socket": str(place / "a.sock")}))
    first.wait_for("ready")
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    second = launch(configuration(control={"socket": str(place / "b.sock")}), prefix=prefix)
    second.wait_for("ready")
    assert sorted(os.listdir(place)) == ["a.lock", "a.sock", "b.lock", "b.sock"]
    assert (place / "b.lock").stat().st_uid == NOBODY
    assert first.terminate() == 0
    assert second.terminate() == 0
    assert not os.listdir(place)


def test_a_lock_that_is_held_is_an_error_that_names_it(launch, place):
    descriptor = os.open(place / "c.lock", os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        daemon = launch(with_socket(place))
        assert daemon.wait_for_exit() == EXIT_OS
        assert "holds c.lock" in daemon.wait_for("control.failed")["reason"]
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("kind", ["link", "readable", "owner"])
def test_a_file_that_is_not_lobbyds_own_is_refused(launch, place, kind):
    file = place / "c.lock"
    target = place / "target"
    if kind == "link":
        file.symlink_to(target)
    elif kind == "readable":
        file.touch(0o600)
        file.chmod(0o644)
    elif os.getuid() == 0:
        file.touch(0o600)
        os.chown(file, NOBODY, NOBODY)
    else:
        pytest.skip("only root can give a file away")
    daemon = launch(with_socket(place))
    assert daemon.wait_for_exit() == EXIT_OS
    reason = daemon.wait_for("control.failed")["reason"]
    assert "c.lock" in reason and "remove it" in reason
    assert file.is_symlink() or file.exists()
    assert not target.exists()
    shutil.rmtree(place)
