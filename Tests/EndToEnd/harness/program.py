"""Programs that a test runs as two ends of a connection: read line by line, ended through their process handles."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from .daemon import REPOSITORY
from .waiting import DEADLINE

PEER = Path(os.environ.get("LOBBYD_INTEROP_PEER") or REPOSITORY / ".build" / "debug" / "InteropPeer").resolve()
PANDA_SERVER = Path(__file__).with_name("panda_server.py")


class Program:
    """A process whose lines on stdout are events. pytest shows its stderr with the failure of a test."""

    def __init__(self, *command: object) -> None:
        words = [str(word) for word in command]
        # If the test run is killed, the kernel kills the program too.
        if setpriv := shutil.which("setpriv"):
            words = [setpriv, "--pdeathsig", "KILL", "--", *words]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self._output = bytearray()

    @staticmethod
    def panda_net(mode: str, *options: object) -> "Program":
        """Starts a program that uses PandaNet, see `InteropPeer`."""
        assert os.access(PEER, os.X_OK), f"no program at {PEER}: build InteropPeer, or name it with LOBBYD_INTEROP_PEER"
        return Program(PEER, mode, *options)

    @staticmethod
    def panda_server(*options: object) -> "Program":
        """Starts an echo server that uses Panda3D's classes."""
        return Program(sys.executable, "-B", PANDA_SERVER, *options)

    def line(self, timeout: float = DEADLINE) -> str:
        """Returns the next line of the program's output."""
        assert self.process.stdout
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._output:
                assert selector.select(max(0.0, deadline - time.monotonic())), f"no line within {timeout:g} s"
                data = os.read(self.process.stdout.fileno(), 4096)
                assert data, f"the program ended with {self.process.wait(timeout)} and printed no line"
                self._output += data
        line, _, rest = bytes(self._output).partition(b"\n")
        self._output = bytearray(rest)
        return line.decode()

    def port(self) -> int:
        """Returns the port of a server, which is the first line of its output."""
        return int(self.line())

    def wait(self, timeout: float = DEADLINE) -> int:
        """Waits until the program ends by itself. Returns its exit status."""
        return self.process.wait(timeout)

    def kill(self) -> None:
        self.process.kill()
        assert self.process.wait(DEADLINE) == -signal.SIGKILL

    def finish(self) -> None:
        """Ends the program with the test. A program that has ended earlier must have exited with 0 or been killed."""
        ended = self.process.poll()
        if ended is None:
            self.kill()
        assert self.process.stdout
        self.process.stdout.close()
        assert ended in (None, 0, -signal.SIGKILL), f"{self.process.args} ended with {ended}"
