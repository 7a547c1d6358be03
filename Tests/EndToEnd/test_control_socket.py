"""The file of the control socket: its permissions, stale and live files, and failures to make it."""

import os
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from harness.configuration import configuration, listener
from harness.control import LOBBYCTL, ControlConnection, ask, lobbyctl
from harness.daemon import EXIT_OS

NOBODY = 65534


def control(path) -> dict[str, str]:
    return {"socket": str(path)}


def test_it_is_for_its_owner_and_group(start, tmp_path):
    path = tmp_path / "c.sock"
    start(control=control(path))
    mode = path.stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_cannot_ask_but_one_of_the_group_can(start, tmp_path_factory):
    # A directory that other users can reach, unlike pytest's own directories.
    directory = f"/tmp/lobbyd-test-{os.getpid()}"
    os.mkdir(directory)
    os.chmod(directory, 0o755)
    try:
        path = f"{directory}/c.sock"
        binary = shutil.copy(LOBBYCTL, directory)
        daemon = start(control=control(path))

        def ask_as(group: int) -> subprocess.CompletedProcess[str]:
            command = [binary, "--socket", path, "loglevel", "info"]
            return subprocess.run(command, user=NOBODY, group=group, extra_groups=[], capture_output=True, text=True)

        stranger = ask_as(NOBODY)
        assert stranger.returncode == EXIT_OS and "Permission denied" in stranger.stderr
        assert not daemon.logged("admin.command")
        assert ask_as(os.getgid()).returncode == 0
        assert daemon.wait_for("admin.command")["admin_uid"] == NOBODY
    finally:
        shutil.rmtree(directory)


def test_a_stale_file_is_replaced(launch, tmp_path):
    path = tmp_path / "c.sock"
    first = launch(configuration(control=control(path)))
    first.wait_for("ready")
    first.send_signal(signal.SIGKILL)
    first.wait_for_exit()
    assert path.exists()
    launch(configuration(control=control(path))).wait_for("ready")
    assert ask(path, "status")["connections"] == 0


def test_a_live_one_is_never_stolen(start, launch, tmp_path):
    path = tmp_path / "c.sock"
    first = start(control=control(path))
    second = launch(configuration(control=control(path)), arguments=())
    assert second.wait_for_exit() == EXIT_OS
    failures = [event for event in second.events if event["level"] in ("error", "critical")]
    assert [event.message for event in failures] == ["control.failed"] and not second.stray_lines
    assert failures[0]["socket"] == str(path) and "another process listens" in failures[0]["reason"]
    assert ask(path, "status")["process"] == first.process.pid


def test_another_program_that_listens_there_is_left_alone(launch, tmp_path):
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        assert launch(configuration(control=control(path))).wait_for_exit() == EXIT_OS
        assert path.exists()


def test_a_file_that_is_no_socket_is_left_alone(launch, tmp_path):
    path = tmp_path / "c.sock"
    path.write_text("precious")
    assert launch(configuration(control=control(path))).wait_for_exit() == EXIT_OS
    assert path.read_text() == "precious"


def test_a_place_that_is_not_there_is_an_error(launch, tmp_path):
    daemon = launch(configuration(control=control(tmp_path / "missing" / "c.sock")))
    assert daemon.wait_for_exit() == EXIT_OS
    assert daemon.wait_for("control.failed")["reason"] == "No such file or directory"


@pytest.mark.skipif(os.path.exists("/run/lobbyd"), reason="a lobbyd is installed here")
def test_without_the_default_place_it_warns_and_runs(launch):
    text = "\n".join(line for line in configuration([listener()]).splitlines() if "socket" not in line)
    daemon = launch(text)
    daemon.wait_for("ready")
    warning = daemon.wait_for("control.unavailable")
    assert warning["level"] == "warning" and warning["socket"] == "/run/lobbyd/control.sock"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can have a /run of its own")
def test_the_default_place_that_comes_later_gets_the_socket(launch):
    text = "\n".join(line for line in configuration([listener()]).splitlines() if "socket" not in line)
    own_run = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh")
    daemon = launch(text, prefix=own_run)
    daemon.wait_for("ready")
    assert daemon.wait_for("control.unavailable")["reason"] == "No such file or directory"
    place = Path(f"/proc/{daemon.process.pid}/root/run/lobbyd")
    place.mkdir()
    daemon.wait_for("control.reopened", socket="/run/lobbyd/control.sock")
    assert ask(place / "control.sock", "status")["process"] == daemon.process.pid
    assert not daemon.logged("control.lost")
    assert daemon.terminate() == 0


def test_it_can_be_switched_off(start, tmp_path):
    daemon = start(control=control(""))
    assert not daemon.logged("control.unavailable")
    assert lobbyctl(tmp_path / "c.sock", "status").returncode == EXIT_OS


def test_it_answers_while_the_daemon_drains(start, tmp_path, raw):
    path = tmp_path / "c.sock"
    daemon = start(control=control(path), server={"drain": "10s"})
    # This client never closes its side, so the connection lingers for a second.
    raw(daemon.port())
    daemon.wait_for("connection.opened")
    daemon.send_signal(signal.SIGTERM)
    daemon.wait_for("shutdown.started")
    control_connection = ControlConnection(path)
    control_connection.send(b'{"version":1,"command":"status"}\n')
    assert control_connection.answer()["result"]["draining"]
    control_connection.close()
    assert lobbyctl(path, "drain").returncode == 0
    assert daemon.wait_for_exit() == 0
    assert daemon.logged("shutdown.finished"), "a second drain must not end lobbyd at once"
    assert not path.exists()
