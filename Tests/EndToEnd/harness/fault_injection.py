"""Errors of the system's own making: strace puts them in place of a process's calls."""

import shutil
import subprocess
from contextlib import contextmanager
from typing import Iterator

STRACE = shutil.which("strace")


@contextmanager
def injected(pid: int, rule: str) -> Iterator[None]:
    """While this holds, the calls of process `pid` meet `rule`, such as `sendmsg:error=EPERM:when=1..3`.

    Calls are counted for each thread by itself.
    """
    call = rule.split(":")[0]
    command = [STRACE, "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={rule}", "-p", str(pid)]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert strace.stderr is not None
        line = strace.stderr.readline()
        assert "attached" in line, line
        yield
    finally:
        strace.terminate()
        strace.communicate()
