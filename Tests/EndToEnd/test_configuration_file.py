"""Refused configuration files: pipes, on which lobbyd would wait, and files that others may write to or replace."""

import os
import signal
import socket
import subprocess

import pytest

from harness.configuration import configuration
from harness.daemon import BINARY, EXIT_CONFIGURATION, clean_environment, run_lobbyd

PIPE = "is a pipe, a socket or a device, not a file"
OPEN_TO_ALL = "is refused because it is world-writable; run chmod o-w on it"
OPEN_TO_GROUP = "is refused because it is group-writable and lobbyd runs as root; run chmod g-w on it"
# No user and no group has these ids.
STRANGER, OTHER = 64_123, 64_124

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture(params=["pipe", "socket", "open to all"])
def bad(request, tmp_path):
    """A path and the reason why lobbyd refuses it."""
    path = tmp_path / "bad.toml"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    else:
        path.write_text(configuration())
        path.chmod(0o646)
    return path, OPEN_TO_ALL if request.param == "open to all" else PIPE


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_start_is_refused(bad, arguments):
    path, reason = bad
    result = run_lobbyd("--config", path, *arguments)
    assert result.returncode == EXIT_CONFIGURATION
    assert f"{path}: {reason}" in result.stderr


def test_a_reload_is_refused_and_lobbyd_serves_on(bad, start, raw):
    path, reason = bad
    daemon = start(relay={"default": "echo"})
    path.replace(daemon.file)
    daemon.send_signal(signal.SIGHUP)
    assert daemon.wait_for("reload.rejected", reason=reason)["config_file"] == str(daemon.file)
    client = raw(daemon.port())
    client.send(b"old rules")
    assert client.wait_for(1) == [b"old rules"]


def replaceable_in(directory) -> str:
    return f"is refused because every user may replace files in {directory}; run chmod o-w or chmod +t on that directory"


@pytest.fixture(params=["directory", "further up", "link", "target"])
def replaceable(request, tmp_path):
    """A path that leads through a world-writable directory, and that directory."""
    safe, open_to_all = tmp_path / "safe", tmp_path / "open"
    safe.mkdir()
    (open_to_all / "below").mkdir(parents=True)
    paths = {
        "directory": open_to_all / "lobbyd.toml",
        "further up": open_to_all / "below" / "lobbyd.toml",
        "link": open_to_all / "link.toml",
        "target": safe / "link.toml",
    }
    (safe / "lobbyd.toml").write_text(configuration())
    for name in ("directory", "further up"):
        paths[name].write_text(configuration())
    paths["link"].symlink_to(safe / "lobbyd.toml")
    paths["target"].symlink_to("../open/below/lobbyd.toml")
    open_to_all.chmod(0o777)
    return paths[request.param], open_to_all


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--dump-config",)])
def test_a_file_that_everyone_may_replace_is_refused_at_the_start(replaceable, arguments):
    path, directory = replaceable
    result = run_lobbyd("--config", path, *arguments)
    assert result.returncode == EXIT_CONFIGURATION
    assert f"{path}: {replaceable_in(directory)}" in result.stderr


def test_a_relative_path_is_no_way_round(replaceable):
    path, directory = replaceable
    command = ["sh", "-c", 'cd "$1" && exec "$0" --config "$2" --check', BINARY, path.parent, path.name]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=clean_environment())
    assert result.returncode == EXIT_CONFIGURATION
    assert f"{path.name}: {replaceable_in(directory)}" in result.stderr


def test_a_working_directory_that_is_gone_is_no_matter_for_an_absolute_path(tmp_path):
    path, gone = tmp_path / "lobbyd.toml", tmp_path / "gone"
    path.write_text(configuration())
    gone.mkdir()
    command = ["sh", "-c", 'cd "$1" && rmdir "$1" && exec "$0" --config "$2" --check', BINARY, gone, path]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=clean_environment())
    assert (result.returncode, result.stdout) == (0, f"{path}: valid\n"), result.stderr


def test_a_directory_in_which_only_owners_replace_files_is_good(replaceable):
    path, directory = replaceable
    directory.chmod(0o1777)
    assert run_lobbyd("--config", path, "--check").returncode == 0


def test_a_reload_of_a_file_that_everyone_may_replace_is_refused(start):
    daemon = start()
    daemon.file.parent.chmod(0o777)
    (event,) = daemon.reload(configuration())
    assert (event.message, event["reason"]) == ("reload.rejected", replaceable_in(daemon.file.parent))
    daemon.file.parent.chmod(0o755)
    assert daemon.reload(configuration())[0].message == "reload.applied"


@needs_root
def test_root_refuses_a_file_that_a_group_may_write_to(start, tmp_path):
    path = tmp_path / "shared.toml"
    path.write_text(configuration())
    path.chmod(0o660)
    for arguments in ((), ("--check",)):
        result = run_lobbyd("--config", path, *arguments)
        assert result.returncode == EXIT_CONFIGURATION
        assert f"{path}: {OPEN_TO_GROUP}" in result.stderr

    daemon = start()
    daemon.file.chmod(0o664)
    (event,) = daemon.reload(configuration())
    assert (event.message, event["reason"]) == ("reload.rejected", OPEN_TO_GROUP)


@needs_root
def test_the_owner_of_a_file_is_named_unless_it_is_root_or_the_user_of_sudo(launch):
    daemon = launch(configuration(), SUDO_UID=str(STRANGER))
    daemon.wait_for("ready")
    os.chown(daemon.file, STRANGER, 0)
    daemon.reload(configuration())
    assert not daemon.logged("config.owner")

    for owner, count in ((OTHER, 1), (OTHER, 1), (0, 1), (OTHER, 2)):
        os.chown(daemon.file, owner, 0)
        assert daemon.reload(configuration())[0].message == "reload.applied"
        warnings = daemon.logged("config.owner", level="warning")
        assert [(each.number("owner_uid"), each["config_file"]) for each in warnings] == [
            (OTHER, str(daemon.file))
        ] * count


@needs_root
def test_the_owner_of_a_file_is_named_at_the_start(launch, tmp_path):
    path = tmp_path / "strangers.toml"
    path.write_text(configuration())
    os.chown(path, STRANGER, 0)
    daemon = launch(configuration(), arguments=("--config", str(path)))
    daemon.wait_for("ready")
    assert daemon.wait_for("config.owner", level="warning").number("owner_uid") == STRANGER
