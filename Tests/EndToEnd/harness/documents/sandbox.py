"""A scratch checkout with networks, processes and /run of its own, in which a page's commands run."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from ..control import LOBBYCTL
from ..daemon import BINARY, REPOSITORY, clean_environment
from ..loopback_only import enter
from ..waiting import DEADLINE, wait_until
from . import shell
from .idle_clients import IdleClients, ids_in
from .output import Ran

PORT = 9099
# Seconds that a block may take. The first scripts/run may have to build.
TIMEOUT = 300
# The directory of the checker's own files in the sandbox.
CHECKER = "/run/checker"
# The kernel's number for this state in /proc/net/tcp.
LISTENING = "0A"
RELEASE = REPOSITORY / ".build" / "release"

# An overlay keeps all changes in memory. It is mounted at the path of the checkout, because the files of a build
# contain that path. At another path, SwiftPM would build everything again.
SETUP = f"""
set -e
mount --make-rprivate /
mount -t tmpfs checker /run
mkdir -p {CHECKER}/upper {CHECKER}/work {CHECKER}/bin /run/lobbyd
[[ -z $4 ]] || cp "$2" {CHECKER}/bin/lobbyd
[[ -z $4 ]] || cp "$3" {CHECKER}/bin/lobbyctl
cd /
mount -t overlay checker -o "lowerdir=$1,upperdir={CHECKER}/upper,workdir={CHECKER}/work" "$1"
[[ $1 == /tmp/* ]] || mount -t tmpfs checker /tmp
if [[ -n $4 ]]; then
    mkdir -p "$1/.build/release"
    ln -sf {CHECKER}/bin/lobbyd {CHECKER}/bin/lobbyctl "$1/.build/release/"
fi
ip link set lo up
echo ready
# This shell is process 1: it waits for the children that others leave behind.
sleep infinity &
wait
"""

# Ends the process groups in the arguments. A lobbyd gets time to drain.
STOP_SERVERS = """
for group; do kill -INT -- "-$group" 2>/dev/null || true; done
for group; do
    for _ in {1..200}; do kill -0 -- "-$group" 2>/dev/null || break; sleep 0.05; done
    kill -KILL -- "-$group" 2>/dev/null || true
done
"""


class Impossible(Exception):
    """This machine cannot make a sandbox. The text names the reason."""


class Sandbox:
    """A private view of the machine for the commands of a page: own processes, network, /run, /tmp and checkout.

    `close` ends its processes and drops its changes.
    """

    def __init__(self) -> None:
        if os.geteuid() != 0:
            raise Impossible("needs root")
        if missing := [tool for tool in ("unshare", "nsenter", "setpriv", "ip") if not shutil.which(tool)]:
            raise Impossible(f"needs {', '.join(missing)}")
        # If LOBBYD_BINARY names another binary, it replaces the release, and no block builds a release.
        self.has_other_binary = BINARY.parent != RELEASE.resolve()
        options = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        other = "other" if self.has_other_binary else ""
        script = ["bash", "-c", SETUP, "checker", REPOSITORY, BINARY, LOBBYCTL, other]
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", "unshare", *options, *map(str, script)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        said = self.process.stdout.readline()
        if said != "ready\n":
            self.process.kill()
            raise Impossible(f"no sandbox here: {said}{self.process.stdout.read()}")
        (self.leader,) = children(self.process.pid)
        self.root = Path(f"/proc/{self.leader}/root")
        self._lobbyd: subprocess.Popen[bytes] | None = None
        self._clients: IdleClients | None = None

    # Commands

    def run(self, text: str, timeout: float = TIMEOUT) -> Ran:
        """Runs a block of shell commands beside lobbyd. If the block itself starts a lobbyd, it finds the port free."""
        if shell.serves_lobby(text):
            self.stop_lobby()
        else:
            self.ensure_lobby(ids_in(text))
        return self.execute("bash", "-e", "-c", shell.prepare(text), timeout=timeout)

    def run_python(self, text: str, beside_lobby: bool = True) -> Ran:
        if beside_lobby:
            self.ensure_lobby()
        else:
            self.stop_lobby()
        return self.execute(sys.executable, "-B", "-c", text, timeout=60)

    def execute(self, *words: object, timeout: float = 60) -> Ran:
        """Runs a program in the scratch checkout. The result has its standard output and standard error as one text."""
        # This is a file because a background program may keep the output open: a pipe would end too late.
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                self.command(*words),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=self.environment(),
            )
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._kill(process)
                status = -signal.SIGKILL
            said.seek(0)
            text = said.read().decode("utf-8", "replace")
        return Ran(status, text if status != -signal.SIGKILL else f"{text}\nit still ran after {timeout:g} s")

    def command(self, *words: object) -> list[str]:
        target = ["nsenter", f"--target={self.leader}", "--mount", "--net", "--pid"]
        return [*target, "--", "env", f"--chdir={REPOSITORY}", *map(str, words)]

    def environment(self) -> dict[str, str]:
        """The environment of the tests, with panda3d for every Python, and without pagers and editors."""
        return clean_environment() | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": ":".join(path for path in sys.path if path.endswith("site-packages")),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "CHECKER": CHECKER,
            "CHECKER_BUILT": "1" if self.has_other_binary else "",
            "EDITOR": "true",
            "PAGER": "cat",
            "SYSTEMD_PAGER": "",
            "DEBIAN_FRONTEND": "noninteractive",
        }

    # The lobbyd beside the commands

    def ensure_lobby(self, clients: int = 2) -> None:
        """Starts a lobbyd on config/lobbyd.toml with idle clients, unless the lobbyd of an earlier block still runs."""
        if self._lobbyd is None and self._is_served():
            return
        self._stop_own_lobby()
        self._lobbyd = subprocess.Popen(
            self.command(RELEASE / "lobbyd", "--config", "config/lobbyd.toml"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
        )
        wait_until("lobbyd of the documents", lambda: self._is_served() or self._lobbyd.poll() is not None)
        assert self._lobbyd.poll() is None, "lobbyd does not start on config/lobbyd.toml"
        with self.network():
            self._clients = IdleClients(PORT, clients)
        wait_until("the idle clients", lambda: self.connections() >= clients)

    def connections(self) -> int:
        """The number of open connections of the lobbyd on the default control socket."""
        asked = self.execute(RELEASE / "lobbyctl", "--json", "stats")
        return int(json.loads(asked.output)["connections_open"]) if asked.status == 0 else 0

    def stop_lobby(self) -> None:
        """Ends every lobbyd and every other server of a block, as Ctrl-C does."""
        self._stop_own_lobby()
        servers = self.root / CHECKER[1:] / "servers"
        if servers.exists():
            self.execute("bash", "-c", STOP_SERVERS, "stop", *servers.read_text().split())
            servers.unlink()

    def _stop_own_lobby(self) -> None:
        if self._clients:
            self._clients.close()
            self._clients = None
        if self._lobbyd:
            for child in children(self._lobbyd.pid):
                os.kill(child, signal.SIGINT)
            self._lobbyd.wait(DEADLINE)
            self._lobbyd = None

    def put(self, file: Path) -> Path:
        """Copies a program into the sandbox. Returns its path in there."""
        inside = Path(CHECKER) / "bin" / file.name
        shutil.copy(file, self.root / inside.relative_to("/"))
        return inside

    def control_socket(self) -> Path:
        """The path of the control socket, as seen from outside of the sandbox."""
        return self.root / "run" / "lobbyd" / "control.sock"

    def _is_served(self) -> bool:
        """Whether a program listens on the port. An attempt to connect would use up a connection id."""
        for table in ("tcp", "tcp6"):
            rows = Path(f"/proc/{self.leader}/net/{table}").read_text().splitlines()[1:]
            for _, local, _, state, *_ in map(str.split, rows):
                if state == LISTENING and int(local.rpartition(":")[2], 16) == PORT:
                    return True
        return False

    @contextmanager
    def network(self) -> Iterator[None]:
        """Makes this thread open its sockets in the sandbox's network."""
        inside = os.open(f"/proc/{self.leader}/ns/net", os.O_RDONLY)
        try:
            with enter(inside):
                yield
        finally:
            os.close(inside)

    def close(self) -> None:
        if self._clients:
            self._clients.close()
        self.process.kill()
        self.process.wait()
        if self._lobbyd:
            self._lobbyd.wait(DEADLINE)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        """Ends a program in the sandbox and its children."""
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
        process.kill()
        process.wait()


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
