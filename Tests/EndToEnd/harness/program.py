"""Programs that a test runs opposite each other: started, read line by line, and ended by their own process handle."""

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
    """A process whose lines on stdout are events; what it says on stderr is shown with the test's failure."""

    def __init__(self, *command: object) -> None:
        words = [str(word) for word in command]
        # Should the test run itself be killed, the kernel ends the program with it.
        if setpriv := shutil.which("setpriv"):
            words = [setpriv, "--pdeathsig", "KILL", "--", *words]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self._output = bytearray()

    @staticmethod
    def panda_net(mode: str, *options: object) -> "Program":
        """A program on PandaNet: see `InteropPeer`."""
        assert os.access(PEER, os.X_OK), f"no program at {PEER}: build InteropPeer, or name it with LOBBYD_INTEROP_PEER"
        return Program(PEER, mode, *options)

    @staticmethod
    def panda_server(*options: object) -> "Program":
        """An echo server on Panda3D's classes."""
        return Program(sys.executable, "-B", PANDA_SERVER, *options)

    def line(self, timeout: float = DEADLINE) -> str:
        """The next line that it prints."""
        assert self.process.stdout
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._output:
                assert selector.select(max(0.0, deadline - time.monotonic())), f"no line within {timeout:g} s"
                data = os.read(self.process.stdout.fileno(), 4096)
                assert data, f"it ended with {self.process.wait(timeout)} instead of printing a line"
                self._output += data
        line, _, rest = bytes(self._output).partition(b"\n")
        self._output = bytearray(rest)
        return line.decode()

    def port(self) -> int:
        """The port of a server, which is its first line."""
        return int(self.line())

    def wait(self, timeout: float = DEADLINE) -> int:
        """Its exit status, once it has ended by itself."""
        return self.process.wait(timeout)

    def kill(self) -> None:
        self.process.kill()
        assert self.process.wait(DEADLINE) == -signal.SIGKILL

    def finish(self) -> None:
        """Ends it with the test; it must not have ended by a fault of its own."""
        ended = self.process.poll()
        if ended is None:
            self.kill()
        assert self.process.stdout
        self.process.stdout.close()
        assert ended in (None, 0, -signal.SIGKILL), f"{self.process.args} ended with {ended}"
