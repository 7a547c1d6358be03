"""Injects errors of the system: strace replaces the results of a process's system calls."""

import shutil
import subprocess
from contextlib import contextmanager
from typing import Iterator

STRACE = shutil.which("strace")


@contextmanager
def injected(pid: int, rule: str) -> Iterator[None]:
    """Applies `rule`, such as `sendmsg:error=EPERM:when=1..3`, to the system calls of process `pid` within the block.

    strace counts the calls of each thread separately.
    """
    with _traced(rule, "-f", "-p", str(pid)):
        yield


@contextmanager
def hung(thread: int) -> Iterator[None]:
    """Makes the event loop on this thread hang within the block: its wait for events does not return."""
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
