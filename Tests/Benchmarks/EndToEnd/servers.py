"""The compared servers: how each starts, and which protocol it speaks. Servers that are not installed are left out."""

import contextlib
import importlib.util
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]

LOBBYD_CONFIGURATION = """
[[listener]]
address = "127.0.0.1"
port = {port}
[[route]]
types = [2]
handler = "echo"
[server]
event_loops = 1     # as the others: one thread does the work
"""


@dataclass
class Server:
    name: str
    dialect: str
    #: The reason why this server cannot be measured here, or an empty string.
    missing: str = ""
    #: The workloads for which this server was not made; it would time out.
    cannot: frozenset[str] = frozenset()

    def command(self, port: int, directory: Path) -> list[str]:
        raise NotImplementedError


class Lobbyd(Server):
    def command(self, port: int, directory: Path) -> list[str]:
        configuration = directory / "lobbyd.toml"
        configuration.write_text(LOBBYD_CONFIGURATION.format(port=port), encoding="utf-8")
        return [str(PROJECT / ".build/release/lobbyd"), "--config", str(configuration), "--log-level", "error"]


class Redis(Server):
    def command(self, port: int, directory: Path) -> list[str]:
        quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(directory), *quiet]


class Nats(Server):
    def command(self, port: int, directory: Path) -> list[str]:
        return ["nats-server", "--addr", "127.0.0.1", "--port", str(port), "--log", str(directory / "nats.log")]


class Panda3D(Server):
    def command(self, port: int, directory: Path) -> list[str]:
        return [panda_python(), "-B", str(HERE / "panda_server.py"), str(port)]


def panda_python() -> str:
    """Returns the Python that PANDA_PYTHON names, or else the Python of the tests, or else this one."""
    tests = PROJECT / ".build/venv/bin/python"
    return os.environ.get("PANDA_PYTHON") or (str(tests) if tests.exists() else sys.executable)


def has_panda() -> bool:
    if panda_python() == sys.executable:
        return importlib.util.find_spec("panda3d") is not None
    return subprocess.run([panda_python(), "-c", "import panda3d.core"], capture_output=True, check=False).returncode == 0


def all_servers() -> list[Server]:
    def lacking(program: str) -> str:
        return "" if shutil.which(program) else f"{program} is not on the PATH"

    panda_only = frozenset({"echo", "churn"})
    return [
        Lobbyd("lobbyd", "panda"),
        Redis("Redis", "redis", lacking("redis-server"), panda_only),
        Nats("NATS", "nats", lacking("nats-server"), panda_only),
        # The manual's loop visits every connection in Python. It is too slow for a thousand connections.
        Panda3D("Panda3D", "panda", "" if has_panda() else "no Python with panda3d", frozenset({"wide", "idle"})),
    ]


@contextlib.contextmanager
def running(server: Server, core: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Runs the server on a free port and on one core. The block begins when the server accepts connections."""
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        process = subprocess.Popen(
            server.command(port, Path(directory)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: prepare(core),
        )
        try:
            wait_until_it_accepts(server, process, port)
            yield process, port
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def prepare(core: int) -> None:
    """Runs in a child process before the program replaces it: chooses the core and raises the descriptor limit."""
    os.sched_setaffinity(0, {core})
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_accepts(server: Server, process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{server.name} does not accept connections")
