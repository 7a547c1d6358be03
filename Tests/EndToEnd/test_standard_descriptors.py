"""Closed descriptors 0 to 2: lobbyd opens /dev/null there, so no log line or library output enters another file."""

import os
import subprocess
from pathlib import Path

import pytest

from harness.configuration import configuration
from harness.control import ask, lobbyctl
from harness.daemon import BINARY, run_lobbyd
from harness.waiting import wait_until


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2)], ids=str)
def test_each_that_is_missing_is_dev_null(launch, tmp_path, closed):
    path, log = tmp_path / "c.sock", tmp_path / "log"
    closing = " ".join(f"{descriptor}>&-" for descriptor in closed)
    prefix = ("sh", "-c", f'exec "$@" {closing}', "sh")
    daemon = launch(configuration(control={"socket": str(path)}), log_file=log, prefix=prefix)
    wait_until("an answer", lambda: lobbyctl(path, "status").returncode == 0)

    descriptors = Path(f"/proc/{daemon.process.pid}/fd")
    for descriptor in closed:
        assert os.readlink(descriptors / str(descriptor)) == "/dev/null"
        assert access_mode(daemon.process.pid, descriptor) == os.O_RDWR
    for descriptor in {0, 1, 2} - set(closed):
        assert os.readlink(descriptors / str(descriptor)) == ("/dev/null" if descriptor < 2 else str(log))
    assert ask(path, "stats")["log_dropped"] == 0


def access_mode(pid: int, descriptor: int) -> int:
    text = Path(f"/proc/{pid}/fdinfo/{descriptor}").read_text()
    flags = next(line.split()[1] for line in text.splitlines() if line.startswith("flags:"))
    return int(flags, 8) & os.O_ACCMODE


def test_errors_of_a_configuration_go_into_no_file_that_lobbyd_opens(tmp_path):
    """Otherwise the configuration file would get descriptor 2, and lobbyd would write its errors into that file."""
    file = tmp_path / "wrong.toml"
    file.write_text("[lobster]\n")
    command = ["sh", "-c", 'exec "$@" 0>&- 1>&- 2>&-', "sh", str(BINARY), "--config", str(file)]
    assert subprocess.run(command, check=False).returncode == run_lobbyd("--config", file).returncode
    assert file.read_text() == "[lobster]\n"
