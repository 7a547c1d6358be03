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
    with _traced(rule, "-f", "-p", str(pid)):
        yield


@contextmanager
def hung(thread: int) -> Iterator[None]:
    """While this holds, the event loop on that thread of a process does not come back from waiting for events."""
    with _traced("epoll_wait,epoll_pwait,epoll_pwait2:delay_exit=600000000", "-p", str(thread)):
        yield


@contextmanager
def _traced(rule: str, *arguments: str) -> Iterator[None]:
    call = rule.split(":")[0]
    command = [STRACE, "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={rule}", *arguments]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert strace.stderr is not None
        line = strace.stderr.readline()
        assert "attached" in line, line
        yield
    finally:
        strace.terminate()
        strace.communicate()
