"""What may be a configuration file: no pipe, at which lobbyd would wait, and nothing that everyone may write to."""

import os
import signal
import socket

import pytest

from harness.configuration import configuration
from harness.daemon import EXIT_CONFIGURATION, run_lobbyd

PIPE = "is a pipe, a socket or a device, not a file"
OPEN_TO_ALL = "is refused, since everyone may write to it: chmod o-w"


@pytest.fixture(params=["pipe", "socket", "open to all"])
def bad(request, tmp_path):
    """A path, and what is wrong with it."""
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
