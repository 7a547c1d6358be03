"""A booted system with a real systemd as process 1, in its own namespaces."""

import ctypes
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from harness.waiting import wait_until

from . import base
from .impossible import Impossible

# Seconds.
BOOT_TIMEOUT = 90
COMMAND_TIMEOUT = 60
STOP_TIMEOUT = 30
CLONE_NEWNET = 0x40000000
NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "SYSTEMD_PAGER": "",
    "DEBIAN_FRONTEND": "noninteractive",
}


class Machine:
    """A machine. `root` is its file system, seen from outside. Commands run in it as if an operator had typed them."""

    def __init__(self, name: str) -> None:
        self.root = base.copy(name)
        self.console = self.root.with_suffix(".console")
        self.process = self._launch(name)
        try:
            wait_until(f"{name} to boot", self._has_booted, timeout=BOOT_TIMEOUT)
            self._enable_loopback()
        except (TimeoutError, subprocess.SubprocessError, Impossible) as error:
            self.stop()
            raise Impossible(f"{error}; its console: {self.console.read_text(errors='replace')[-300:]}") from None

    def run(
        self, *command: str | Path, user: str | None = None, check: bool = True, timeout: float = COMMAND_TIMEOUT
    ) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in command]
        if user:
            words = ["runuser", "--user", user, "--", *words]
        done = subprocess.run(
            ["nsenter", f"--target={self.leader}", *NAMESPACES, "--", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=ENVIRONMENT,
            check=False,
        )
        assert done.returncode == 0 or not check, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    @contextmanager
    def network(self) -> Iterator[None]:
        """Within the block, this thread is in the machine's network: the machine's ports are on 127.0.0.1."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        inside = os.open(f"/proc/{self.leader}/ns/net", os.O_RDONLY)
        try:
            enter(inside)
            yield
        finally:
            enter(before)
            os.close(inside)
            os.close(before)

    def outside_id(self, process: int) -> int:
        """Returns the process id outside the machine of `process`, which is an id inside."""
        ours = os.readlink(f"/proc/{self.leader}/ns/pid")
        for status in Path("/proc").glob("[0-9]*/status"):
            if namespaced_ids(status)[-1:] == [str(process)] and os.readlink(status.with_name("ns") / "pid") == ours:
                return int(status.parent.name)
        raise AssertionError(f"no process {process} in the machine")

    def stop(self) -> None:
        """Ends the machine and removes its files."""
        if self.process.poll() is None:
            self.process.terminate()  # shuts the system down
            try:
                self.process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def leader(self) -> int:
        """The machine's process 1, as a process id outside the machine."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            # systemd-nspawn first has other children, in the outer namespace.
            if namespaced_ids(Path(f"/proc/{child}/status"))[1:][-1:] == ["1"]:
                return int(child)
        raise Impossible("the system has no process 1")

    def _launch(self, name: str) -> subprocess.Popen[bytes]:
        # If the test run is killed, the kernel kills the machine too.
        guard = ["setpriv", "--pdeathsig", "KILL", "--"]
        options = ["--boot", "--register=no", "--keep-unit", "--private-network", "--console=pipe", f"--machine={name}"]
        with self.console.open("wb") as console:
            return subprocess.Popen(
                [*guard, "systemd-nspawn", "--quiet", f"--directory={self.root}", *options],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )

    def _has_booted(self) -> bool:
        if self.process.poll() is not None:
            raise Impossible(f"systemd-nspawn exited with {self.process.returncode}")
        try:
            state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        except Impossible:  # not yet
            return False
        return state in ("running", "degraded")

    def _enable_loopback(self) -> None:
        """Enables loopback. The machine's small system has no program that does this."""
        command = ["nsenter", f"--target={self.leader}", "--net", "ip", "link", "set", "lo", "up"]
        subprocess.run(command, timeout=COMMAND_TIMEOUT, check=True)


def enter(network: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(network, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def namespaced_ids(status: Path) -> list[str]:
    """Returns a process's ids, from the outer namespace to its own, or an empty list if the process has ended."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return []
    return next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
