"""The unit files: systemd understands them, and the service has few permissions."""

import re
import shutil
import subprocess
import tomllib

import pytest

from harness.daemon import REPOSITORY

UNITS = REPOSITORY / "systemd"
SERVICE = UNITS / "lobbyd.service"
SOCKETS = {"lobbyd.socket": "tcp", "lobbyd-udp.socket": "udp"}

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="NOT TESTED: needs systemd-analyze")


def run(*command: object) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)


def settings(unit: str) -> dict[str, str]:
    """Returns the last value of each key."""
    return dict(re.findall(r"^(\w+)=(.*)$", (UNITS / unit).read_text(), re.MULTILINE))


def test_the_exposure_of_the_service_is_at_most_1_2():
    checked = run("systemd-analyze", "security", "--offline=true", "--threshold=12", "--no-pager", SERVICE)
    assert checked.returncode == 0, checked.stdout[-200:] + checked.stderr
    assert "Overall exposure level for lobbyd.service: 1.2" in checked.stdout


def test_systemd_knows_every_key():
    """systemd only warns about an unknown key. The programs of the service need not be installed here."""
    verified = run("systemd-analyze", "verify", "--man=no", SERVICE, *(UNITS / name for name in SOCKETS))
    complaints = [line for line in verified.stderr.splitlines() if str(UNITS) in line or "Unknown" in line]
    assert complaints == []


def test_the_user_of_the_service_is_made(tmp_path):
    made = run("systemd-sysusers", f"--root={tmp_path}", "--dry-run", UNITS / "lobbyd.sysusers")
    assert made.returncode == 0, made.stderr
    assert settings("lobbyd.service")["User"] == settings("lobbyd.service")["Group"] == "lobbyd"
    assert re.search(r"^u lobbyd ", (UNITS / "lobbyd.sysusers").read_text(), re.MULTILINE)


def test_the_socket_unit_is_that_of_the_default_listener():
    (game,) = tomllib.loads((REPOSITORY / "config" / "lobbyd.toml").read_text())["listener"]
    socket = settings("lobbyd.socket")
    assert socket["FileDescriptorName"] == game["name"]
    assert int(socket["ListenStream"]) == game["port"]
    assert int(socket["Backlog"]) == game["backlog"]


def test_the_service_waits_longer_than_the_drain():
    drain = tomllib.loads((REPOSITORY / "config" / "lobbyd.toml").read_text())["server"]["drain"]
    assert int(settings("lobbyd.service")["TimeoutStopSec"]) >= int(drain.removesuffix("s")) + 10
