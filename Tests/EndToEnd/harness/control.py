"""The control socket of a daemon, used through the real lobbyctl or with a bare socket."""

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from .daemon import BINARY, run_to_end
from .waiting import DEADLINE

LOBBYCTL = Path(os.environ.get("LOBBYCTL_BINARY") or BINARY.with_name("lobbyctl")).resolve()


def run_lobbyctl(*arguments: object, timeout: float = DEADLINE) -> subprocess.CompletedProcess[str]:
    """Runs lobbyctl to its end."""
    assert os.access(LOBBYCTL, os.X_OK), f"no lobbyctl at {LOBBYCTL}: build it, or name another with LOBBYCTL_BINARY"
    return run_to_end(LOBBYCTL, *arguments, timeout=timeout)


def lobbyctl(path: Path | str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs lobbyctl to its end, with the control socket at `path`."""
    return run_lobbyctl("--socket", path, *arguments)


def ask(path: Path | str, *arguments: object) -> Any:
    """Returns lobbyctl's JSON output. lobbyctl must succeed."""
    ran = lobbyctl(path, "--json", *arguments)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return json.loads(ran.stdout)


class ControlConnection:
    """A bare connection to a control socket, for requests that lobbyctl never sends."""

    def __init__(self, path: Path | str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> Any:
        """Returns the next line of an answer, or `None` at the end of the connection."""
        try:
            line = self._lines.readline()
        except ConnectionResetError:
            # The daemon closed the connection before it had read all requests.
            return None
        return json.loads(line) if line else None

    def close(self) -> None:
        self._lines.close()
        self.socket.close()
