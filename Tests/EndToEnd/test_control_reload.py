"""`lobbyctl reload`: the result is in the answer, in the exit status, and on the status page."""

import os
import signal

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.control import ControlConnection, ask, lobbyctl
from harness.raw_client import free_port


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.sock"


@pytest.fixture
def settings(path):
    """Makes configurations that differ only in the given tables."""
    listeners = [listener(port=free_port())]

    def text(**tables) -> str:
        return configuration(listeners, [barrier_route()], control={"socket": str(path)}, **tables)

    return text


def test_a_good_file_is_in_force_when_it_answers(launch, panda, path, settings):
    daemon = launch(settings(relay={"default": "drop"}))
    daemon.wait_for("ready")
    client = panda().connect(daemon.port())
    daemon.file.write_text(settings(relay={"default": "echo"}, server={"event_loops": 7}))
    report = ask(path, "reload")
    assert 'relay.default: "echo", was "drop"' in report["changes"]
    assert len(report["needs_restart"]) == 1 and "event_loops" in report["needs_restart"][0]
    client.send(b"\x01back")
    assert client.take(1) == [b"\x01back"]
    assert daemon.wait_for("reload.applied")["admin_uid"] == os.getuid()
    last = ask(path, "status")["last_reload"]
    assert last["applied"] and "and 1 more" in last["summary"]


def test_a_bad_file_is_told_with_all_its_lines_and_changes_nothing(launch, panda, path, settings):
    daemon = launch(settings(relay={"default": "echo"}))
    daemon.wait_for("ready")
    client = panda().connect(daemon.port())
    good = daemon.file.read_text()
    lines = len(good.splitlines())
    daemon.file.write_text(good + "\n[log]\nlevel = 3\nlevels = 4\n")
    ran = lobbyctl(path, "reload")
    assert ran.returncode == 1
    assert f"{daemon.file}:{lines + 3}:9: log.level" in ran.stderr and f":{lines + 4}:1: " in ran.stderr
    client.send(b"\x01back")
    assert client.take(1) == [b"\x01back"]
    last = ask(path, "status")["last_reload"]
    assert not last["applied"] and "log.level" in last["summary"]


def test_the_status_shows_the_listeners_and_limits_of_now(launch, path, settings):
    daemon = launch(settings())
    daemon.wait_for("ready")
    daemon.file.write_text(
        settings(limits={"connections": 7}).replace('name = "game"', 'name = "lobby"')
    )
    assert lobbyctl(path, "reload").returncode == 0
    status = ask(path, "status")
    assert status["connections_max"] == 7
    assert [each["name"] for each in status["listeners"]] == ["lobby"]


def test_a_log_level_for_a_while_outlives_a_reload(launch, path, settings):
    daemon = launch(settings(), arguments=())
    daemon.wait_for("ready")
    assert lobbyctl(path, "loglevel", "debug", "--for", "10m").returncode == 0
    daemon.file.write_text(settings(log={"level": "warning"}))
    assert lobbyctl(path, "reload").returncode == 0
    status = ask(path, "status")
    assert status["log_level"] == "debug" and status["log_level_remaining_usec"] > 0


def test_the_answer_has_every_problem_however_many(launch, path, settings):
    daemon = launch(settings())
    daemon.wait_for("ready")
    daemon.file.write_text("".join(f"wrong_{number} = 1\n" for number in range(42)))
    ran = lobbyctl(path, "reload")
    assert ran.returncode == 1
    assert all(f"wrong_{number}" in ran.stderr for number in range(42))


def test_while_lobbyd_shuts_down_it_is_unavailable(launch, raw, path, settings):
    daemon = launch(settings(relay={"default": "echo"}, limits={"pending_bytes": 0}, server={"drain": "2s"}))
    stuck = raw(daemon.port(), receive_buffer_bytes=4096)
    for _ in range(100):
        stuck.send(bytes(60_000))
    daemon.wait_for("ready")
    control = ControlConnection(path)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait_for("shutdown.started")
    control.send(b'{"version":1,"command":"reload"}\n')
    error = control.answer()["error"]
    assert error == {"code": "unavailable", "message": "lobbyd is shutting down"}
    control.close()
    assert daemon.wait_for_exit() == 0
    assert not daemon.logged("reload.applied") and not daemon.logged("reload.rejected")
